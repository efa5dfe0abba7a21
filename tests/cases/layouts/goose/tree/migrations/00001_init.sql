-- +goose Up
-- a comment
CREATE TABLE a (id int);
INSERT INTO a
VALUES (1); -- one

-- +goose StatementBegin
CREATE FUNCTION f() RETURNS int AS $$
BEGIN
  RETURN 1;
END
$$ LANGUAGE plpgsql;
-- +goose StatementEnd

-- +goose Down
DROP TABLE a;
