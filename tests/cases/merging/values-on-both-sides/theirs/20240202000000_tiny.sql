alter type size add value 'xl';
