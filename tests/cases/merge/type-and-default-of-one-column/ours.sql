alter table users alter age type bigint;
