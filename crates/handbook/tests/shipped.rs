//! The handbooks that ship: they load, and say what was published.

use handbook::{CommunityKind, Facts, Handbook, PropertyRight, StationForm, prescribe};

fn shipped(version: &str) -> Handbook {
    let (file, text) = match version {
        "1.0" => ("minhang-1.0.toml", include_str!("../../../handbooks/minhang-1.0.toml")),
        _ => ("minhang-2.0.toml", include_str!("../../../handbooks/minhang-2.0.toml")),
    };
    Handbook::read(file, text).unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn the_published_thresholds_hold_to_the_household() {
    let two = shipped("2.0");
    for (kind, right, households, form) in [
        (CommunityKind::AffordableRental, PropertyRight::SingleOwner, 1_000, StationForm::Joint),
        (CommunityKind::AffordableRental, PropertyRight::SingleOwner, 1_001, StationForm::Standalone),
        (CommunityKind::QuasiResidential, PropertyRight::SeveralOwners, 1_000, StationForm::Joint),
        (CommunityKind::QuasiResidential, PropertyRight::SeveralOwners, 1_001, StationForm::Decided),
    ] {
        let prescription = prescribe(&two, &Facts::of(kind, right, households));
        assert_eq!(prescription.station_form(), Some(form), "{kind:?} {households}");
    }
    let _ = shipped("1.0");
}
