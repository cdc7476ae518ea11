-- A community that a town proposes is described in the proposal; it has a version once the district has confirmed it.
ALTER TABLE community_listings ADD COLUMN description TEXT;
ALTER TABLE community_listings ADD COLUMN town_id UUID;
UPDATE community_listings SET town_id = (SELECT v.town_id FROM community_versions v
    WHERE v.community_id = community_listings.community_id ORDER BY v.valid_from DESC LIMIT 1);
CREATE INDEX community_listings_town ON community_listings (town_id, proposed_at);
