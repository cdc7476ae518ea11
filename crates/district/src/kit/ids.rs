//! A type for each id, so that a grid is never taken for a town.

macro_rules! ids {
    ($($name:ident, $what:literal;)*) => { $(
        base::id!($name, $what);

        impl From<$name> for db::Value {
            fn from(id: $name) -> Self {
                Self::Uuid(id.uuid())
            }
        }

        impl db::FromValue for $name {
            const EXPECTED: &'static str = concat!("the id of ", $what);
            fn from_value(value: db::Value) -> Result<Self, db::Value> {
                <base::Uuid as db::FromValue>::from_value(value).map(Self::from_uuid)
            }
        }

        impl $crate::kit::call::Id for $name {
            fn from_uuid(uuid: base::Uuid) -> Self {
                Self::from_uuid(uuid)
            }
        }
    )* };
}

ids! {
    TownId, "a town unit";
    GridId, "an integrated grid";
    OrganisationId, "an organisation";
    CommunityId, "a community";
    ListingId, "an entry to or exit from the list";
    ModeId, "a governance mode of a community";
    RemitId, "an organisation's remit in a community";
    BuildingId, "a building";
    UnitId, "a flat";
    RoomId, "a room";
    LeaseId, "a corporate lease";
    TenancyId, "a tenancy";
    OccupantId, "an occupant";
    PersonId, "a person's pseudonym";
    AccountId, "an account";
    GrantId, "a role with its scope";
    TokenId, "a personal token";
    PasskeyId, "a passkey";
    TextId, "a code sent to a telephone";
    JoinId, "a wish to join";
    OwnershipId, "an owner's right in a flat";
    HandbookId, "a version of the handbook";
    FactorId, "a figure of a community";
    DecisionId, "a decision of a named person";
    PremisesId, "premises";
    StationId, "a station";
    PointId, "a point";
    ServingId, "a community's station";
    PostId, "a post";
    HolderId, "a post's holder";
    RotaId, "a line of a rota";
    PlanId, "a plan";
    PlanStationId, "a station of a plan";
    PlanPointId, "a point of a plan";
    GapId, "a gap";
    PublicationId, "a decision to publish";
    UploadId, "an upload";
    ReportFormId, "a superior’s form";
    MatterId, "a matter";
    PhotoId, "a photograph of a matter";
    AuditId, "an audit row";
    ProviderId, "a provider of services";
    ServiceId, "a service";
    ServicePlaceId, "a place of a service";
    ServiceHoursId, "a line of a place's hours";
    ReferralId, "a referral";
    ReferralStepId, "a step of a referral";
    RoundId, "a round of visits";
    StopId, "a door of a round";
    VisitId, "a visit";
    NeedId, "a need of a household";
    MarkId, "a mark of a household";
    DeviceId, "a device that holds a round";
    NoticeId, "a notice";
    OutboxId, "a message of the outbox";
    DeliveryId, "a try of a message";
    WebhookId, "a program that is told";
    AnswerTemplateId, "an answer that is given often";
}
