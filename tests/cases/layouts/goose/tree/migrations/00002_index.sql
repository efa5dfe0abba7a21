-- +goose NO TRANSACTION
-- +goose up
CREATE INDEX CONCURRENTLY a_id ON a (id);
-- +goose down
DROP INDEX a_id;
