"""What the pages of verdicts and catalogs show: values for templates, made from what `access` reads.

Nothing here touches the database; `views` reads, these modules arrange, templates print.
"""
