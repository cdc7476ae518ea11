#![no_main]
lilong_fuzz::fuzz!("hours");
