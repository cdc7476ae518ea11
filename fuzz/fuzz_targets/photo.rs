#![no_main]
lilong_fuzz::fuzz!("photo");
