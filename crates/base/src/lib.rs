//! Ids, money, areas, dates, positions: the words every crate of Lilong shares.
