-- Flats and rooms that ended, found without reading all that stand: nobody moves into one of them afterwards.
CREATE INDEX units_ended ON units (valid_to) WHERE valid_to IS NOT NULL;
CREATE INDEX rooms_ended ON rooms (valid_to) WHERE valid_to IS NOT NULL;
