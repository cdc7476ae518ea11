-- Which figures are shown to the public: a dated decision per figure.
CREATE TABLE publications (
    id UUID PRIMARY KEY,
    figure TEXT NOT NULL,
    published BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    decided_by UUID,
    decided_at BIGINT NOT NULL
);
CREATE INDEX publications_figure ON publications (figure, decided_at);
