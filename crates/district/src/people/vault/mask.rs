//! How personal data is shown where it is not revealed.

/// 张* 、欧阳** : the family name stays, the rest is starred.
pub fn masked_name(name: &str) -> String {
    const DOUBLE: [&str; 6] = ["欧阳", "司马", "上官", "诸葛", "东方", "皇甫"];
    let kept = if DOUBLE.iter().any(|double| name.starts_with(double)) { 2 } else { 1 };
    name.chars().enumerate().map(|(i, c)| if i < kept { c } else { '*' }).collect()
}

/// 138****5678: the first three and the last four digits stay.
pub fn masked_telephone(number: &str) -> String {
    masked(number, 3, 4)
}

/// 310***********002X: the first three and the last four characters stay.
pub fn masked_number(number: &str) -> String {
    masked(number, 3, 4)
}

fn masked(text: &str, first: usize, last: usize) -> String {
    let length = text.chars().count();
    // What is too short to hide behind its ends is hidden whole.
    let shown = length > first + last;
    text.chars()
        .enumerate()
        .map(|(i, c)| if shown && (i < first || i >= length - last) { c } else { '*' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_stay_and_the_middle_goes() {
        assert_eq!(masked_name("张示例"), "张**");
        assert_eq!(masked_name("欧阳示"), "欧阳*");
        assert_eq!(masked_telephone("19900005678"), "199****5678");
        assert_eq!(masked_number("11010519491231002X"), "110***********002X");
        assert_eq!(masked_telephone("12345"), "*****");
    }
}
