#![no_main]
lilong_fuzz::fuzz!("hotline");
