//! Whatever bytes come: nothing panics, and nothing that was changed is believed.

use proptest::prelude::*;

use super::*;
use crate::LogoutResponse;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        let _ = Metadata::parse(&text);
        let _ = Response::decode(&text);
        prop_assert!(verify(&text, &expected()).is_err());
        let answered = LogoutResponse::decode(&STANDARD.encode(&text)).unwrap().verify(&METADATA, RECIPIENT, REQUEST);
        prop_assert!(answered.is_err());
    }

    #[test]
    fn any_markup(text in r#"(<[a-z:/!?\[\]="'&;#-]{0,12}>?|[a-z&;]{0,6}){0,40}"#) {
        let _ = Metadata::parse(&text);
        prop_assert!(verify(&text, &expected()).is_err());
    }

    #[test]
    fn a_good_response_with_a_stretch_replaced(
        start in any::<prop::sample::Index>(), length in 0_usize..64, with in r#"[ -~]{0,16}"#,
    ) {
        let good = good();
        let start = start.index(good.len());
        let end = (start + length).min(good.len());
        let changed = format!("{}{with}{}", &good[..start], &good[end..]);
        if let Ok(identity) = verify(&changed, &expected()) {
            prop_assert_eq!(identity, verify(&good, &expected()).unwrap(), "{}", changed);
        }
    }

    #[test]
    fn parts_of_a_good_response_in_another_order(cuts in prop::collection::vec(any::<prop::sample::Index>(), 4)) {
        let good = good();
        let tags: Vec<usize> = good.match_indices('<').map(|(place, _)| place).collect();
        let mut places: Vec<usize> = cuts.iter().map(|cut| tags[cut.index(tags.len())]).collect();
        places.sort_unstable();
        let [a, b, c, d] = places[..] else { unreachable!("four cuts") };
        for changed in [
            [&good[..a], &good[c..d], &good[b..c], &good[a..b], &good[d..]].concat(),
            [&good[..b], &good[a..]].concat(),
            [&good[..a], &good[b..]].concat(),
        ] {
            if let Ok(identity) = verify(&changed, &expected()) {
                prop_assert_eq!(identity, verify(&good, &expected()).unwrap(), "{}", changed);
            }
        }
    }

    #[test]
    fn changed_metadata(start in any::<prop::sample::Index>(), length in 0_usize..64, with in r#"[ -~]{0,16}"#) {
        let good = IDP.metadata("https://idp.example.com");
        let start = start.index(good.len());
        let end = (start + length).min(good.len());
        let _ = Metadata::parse(&format!("{}{with}{}", &good[..start], &good[end..]));
    }
}
