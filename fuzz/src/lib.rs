//! What all targets of libFuzzer share.

use std::sync::LazyLock;

use hostile::Ground;

/// What targets ask, made once.
pub static GROUND: LazyLock<Ground> = LazyLock::new(|| Ground::make().expect("a district to be asked"));

pub use libfuzzer_sys;

/// A target of `hostile` by its name, as libFuzzer calls it.
#[macro_export]
macro_rules! fuzz {
    ($name:literal) => {
        use $crate::libfuzzer_sys;

        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
            let target = hostile::target($name).expect("a target of this name");
            (target.run)(&$crate::GROUND, bytes);
        });
    };
}
