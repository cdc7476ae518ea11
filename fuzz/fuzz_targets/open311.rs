#![no_main]
lilong_fuzz::fuzz!("open311");
