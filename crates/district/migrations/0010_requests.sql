-- Hashes of requests no longer take in a password; those that did are forgotten, and with them only that a form of
-- before could be sent twice.
DELETE FROM requests;
