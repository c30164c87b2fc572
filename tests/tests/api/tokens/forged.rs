//! One test for each way to make a token up.

use api::auth::fresh_signing_key;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tests::{TestApp, both, join_all, key_of, members};

use super::forge::{Forge, encoded, message, with, without};
use super::is_refused;

/// Each of these is 401 on a public route and on one of the newsroom.
async fn refuse_all(app: &TestApp, tokens: &[(String, String)]) {
    for some in tokens.chunks(16) {
        join_all(some.iter().flat_map(|(what, token)| {
            ["/sections", "/manage/articles"].map(|path| async move {
                is_refused(&app.get(path).bearer(token).await, what);
            })
        }))
        .await;
    }
}

fn named<T: ToString>(what: &str, value: &T, token: String) -> (String, String) {
    (format!("{what} {}", value.to_string()), token)
}

/// A value of every type but the right one.
fn wrong_types(right: &Value) -> Vec<Value> {
    let mut wrong = vec![
        json!(null),
        json!(true),
        json!({}),
        json!([]),
        json!([right]),
    ];
    match right.as_i64() {
        Some(number) => wrong.extend([
            json!(number.to_string()),
            json!(""),
            serde_json::from_str(&format!("{number}.0")).unwrap(),
            serde_json::from_str(&format!("{number}e0")).unwrap(),
            json!(u64::MAX),
            json!(1e300),
        ]),
        None => wrong.extend([json!(0), json!(1.5), json!({ "value": right })]),
    }
    wrong
}

both! {
    async fn no_algorithm_but_ours(app: TestApp) {
        let forge = Forge::new(app);
        let claims = forge.claims.to_string();
        let mut tokens = Vec::new();
        for alg in ["none", "None", "nOnE", "NONE", "", "HS256", "HS512", "ES256", "RS256", "PS256",
                    "eddsa", "EDDSA", "Ed25519", "EdDSA ", "EdDSA\u{0}"] {
            let head = with(&forge.head, "alg", json!(alg));
            let unsigned = message(&head.to_string(), &claims);
            tokens.push(named("alg", &alg, forge.head(&head)));
            tokens.push(named("unsigned", &alg, format!("{unsigned}.")));
            tokens.push(named("of two parts", &alg, unsigned));
        }
        for alg in wrong_types(&json!("EdDSA")) {
            tokens.push(named("alg", &alg, forge.head(&with(&forge.head, "alg", alg.clone()))));
        }
        tokens.push(("no alg".into(), forge.head(&without(&forge.head, "alg"))));
        for head in ["{\"alg\":\"none\",\"alg\":\"EdDSA\"", "{\"alg\":\"EdDSA\",\"alg\":\"none\""] {
            let kid = forge.head["kid"].as_str().unwrap();
            let twice = format!("{head},\"typ\":\"at+jwt\",\"kid\":\"{kid}\"}}");
            tokens.push(named("alg twice", &head, forge.signed(&twice, &claims)));
        }
        refuse_all(app, &tokens).await;
    }

    async fn the_public_key_is_no_secret_to_sign_with(app: TestApp) {
        let forge = Forge::new(app);
        let set = app.root("/.well-known/jwks.json").unchecked().await.expect(200).json();
        assert_eq!(set["keys"][0]["x"], forge.public);
        let raw = data_encoding::BASE64URL_NOPAD.decode(forge.public.as_bytes()).unwrap();
        let mut tokens = Vec::new();
        for (what, secret) in [
            ("raw", raw), ("x", forge.public.clone().into_bytes()), ("set", set.to_string().into_bytes()),
            ("key", set["keys"][0].to_string().into_bytes()), ("kid", forge.head["kid"].to_string().into_bytes()),
            ("empty", Vec::new()),
        ] {
            let key = EncodingKey::from_secret(&secret);
            for (name, algorithm) in [("HS256", Algorithm::HS256), ("HS384", Algorithm::HS384),
                                      ("HS512", Algorithm::HS512), ("EdDSA", Algorithm::HS256)] {
                tokens.push(named(what, &name, forge.by(&key, name, algorithm)));
            }
        }
        refuse_all(app, &tokens).await;
    }

    async fn no_key_but_our_own(app: TestApp) {
        let forge = Forge::new(app);
        // Well made, and unknown here.
        let foreign = fresh_signing_key(&members::secret(), app.now(), app.now()).unwrap();
        let private = api::auth::private_key(&foreign, &members::secret()).unwrap();
        let private = EncodingKey::from_ed_der(&private);
        let mut tokens = vec![("another key under our name".into(), forge.by(&private, "EdDSA", Algorithm::EdDSA))];
        let kid = forge.head["kid"].as_str().unwrap().to_owned();
        for name in ["", "../../x", "../../../../dev/null", "' OR 1=1 --", "\" OR \"\"=\"", "x; ls", "\u{0}", &foreign.kid,
                     &format!("{kid}="), &kid.to_lowercase(), kid.strip_prefix(|_| true).unwrap_or_default(), &"A".repeat(43), &"a".repeat(2500)] {
            let head = with(&forge.head, "kid", json!(name));
            tokens.push(named("kid", &name, forge.head(&head)));
        }
        for name in wrong_types(&json!(kid)) {
            tokens.push(named("kid", &name, forge.head(&with(&forge.head, "kid", name.clone()))));
        }
        tokens.push(("no kid".into(), forge.head(&without(&forge.head, "kid"))));
        refuse_all(app, &tokens).await;
    }

    async fn no_header_leads_to_a_key_of_the_callers(app: TestApp) {
        let forge = Forge::new(app);
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": forge.public });
        let mut tokens = Vec::new();
        for (name, value) in [
            ("jku", json!("https://evil.example/jwks.json")), ("jku", json!(format!("{}/.well-known/jwks.json", app.base()))),
            ("jwk", jwk.clone()), ("jwk", json!(null)), ("x5u", json!("https://evil.example/key.pem")),
            ("x5c", json!(["MIIB"])), ("x5c", json!([])), ("x5t", json!("AAAA")), ("x5t#S256", json!("AAAA")),
            ("crit", json!(["exp"])), ("crit", json!([])), ("crit", json!(null)), ("crit", json!(["b64"])),
            ("b64", json!(false)), ("zip", json!("DEF")), ("enc", json!("A128GCM")), ("cty", json!("JWT")),
            ("epk", jwk), ("url", json!("https://evil.example")), ("nonce", json!("x")), ("anything", json!(1)),
        ] {
            tokens.push(named(name, &value, forge.head(&with(&forge.head, name, value.clone()))));
        }
        refuse_all(app, &tokens).await;
    }

    async fn no_other_type_of_token(app: TestApp) {
        let forge = Forge::new(app);
        let mut tokens = vec![("no typ".into(), forge.head(&without(&forge.head, "typ")))];
        for typ in ["JWT", "jwt", "AT+JWT", "application/at+jwt", "id+jwt", "dpop+jwt", "", "at+jwt "] {
            tokens.push(named("typ", &typ, forge.head(&with(&forge.head, "typ", json!(typ)))));
        }
        for typ in wrong_types(&json!("at+jwt")) {
            tokens.push(named("typ", &typ, forge.head(&with(&forge.head, "typ", typ.clone()))));
        }
        for head in ["null", "[]", "\"EdDSA\"", "{}", "", "{", &format!("{} ,", forge.head)] {
            tokens.push(named("header", &head, forge.signed(head, &forge.claims.to_string())));
        }
        refuse_all(app, &tokens).await;
    }

    async fn every_claim_is_there_and_of_its_type(app: TestApp) {
        let forge = Forge::new(app);
        let names: Vec<String> = forge.claims.as_object().unwrap().keys().cloned().collect();
        assert_eq!(names.len(), 11, "{names:?}");
        let mut tokens = Vec::new();
        for name in &names {
            tokens.push(named("no", name, forge.claims(&without(&forge.claims, name))));
            for value in wrong_types(&forge.claims[name]) {
                let what = format!("{name} as {value}");
                tokens.push((what, forge.claims(&with(&forge.claims, name, value))));
            }
            let twice = forge.claims.to_string().replacen('{', &format!("{{\"{name}\":{},", forge.claims[name]), 1);
            tokens.push(named("twice", name, forge.signed(&forge.head.to_string(), &twice)));
        }
        for claims in ["null", "[]", "1", "\"x\"", "{}", "", "{", &format!("{}{}", forge.claims, forge.claims)] {
            tokens.push(named("claims", &claims, forge.signed(&forge.head.to_string(), claims)));
        }
        refuse_all(app, &tokens).await;
        // One of its own that nobody asks for does no harm, and the forge works.
        let more = forge.claims(&with(&forge.claims, "more", json!("x")));
        app.get("/manage/articles").bearer(&more).await.expect(200);
    }

    async fn every_claim_has_the_right_value(app: TestApp) {
        let forge = Forge::new(app);
        let now = app.now().as_seconds();
        let mut tokens = Vec::new();
        for (name, value) in [
            ("iss", json!("https://evil.example")), ("iss", json!("Broadsheet")), ("iss", json!("broadsheet/")), ("iss", json!("")),
            ("aud", json!("broadsheet")), ("aud", json!("broadsheet/api/v2")), ("aud", json!("https://evil.example/api/v1")),
            ("client_id", json!("another")), ("client_id", json!("")), ("jti", json!("")),
            ("sub", json!("usr_x")), ("sub", json!("key_0000000000001")), ("sub", forge.claims["sid"].clone()), ("sub", json!("")),
            ("sid", json!("ses_")), ("sid", forge.claims["sub"].clone()),
            ("role", json!("root")), ("role", json!("Admin")), ("role", json!("system")), ("role", json!("")),
            ("exp", json!(now)), ("exp", json!(now - 1)), ("exp", json!(0)), ("exp", json!(-1)), ("exp", json!(i64::MIN)),
            // Ours never hold longer, so this is none of ours.
            ("exp", json!(now + 601)), ("exp", json!(i64::MAX)),
            ("nbf", json!(now + 61)), ("nbf", json!(i64::MAX)), ("nbf", json!(-1)),
            ("iat", json!(now + 61)), ("iat", json!(i64::MAX)), ("iat", json!(i64::MIN)), ("iat", json!(now - 1)),
        ] {
            tokens.push(named(name, &value, forge.claims(&with(&forge.claims, name, value.clone()))));
        }
        refuse_all(app, &tokens).await;
        // Clocks of two nodes may lie a minute apart.
        let early = with(&with(&forge.claims, "nbf", json!(now + 60)), "iat", json!(now + 60));
        app.get("/manage/articles").bearer(&forge.claims(&early)).await.expect(200);
    }

    async fn no_letter_may_differ(app: TestApp) {
        let forge = Forge::new(app);
        let token = &forge.member.token;
        app.get("/manage/articles").bearer(token).await.expect(200);
        let other = app.member("editor").token;
        let mut tokens = Vec::new();
        for (at, letter) in token.char_indices() {
            let next = if letter == 'A' { 'B' } else { 'A' };
            let bent: String = token.char_indices().map(|(place, old)| if place == at { next } else { old }).collect();
            tokens.push((format!("{at}"), bent));
            if letter != '.' {
                // The lowest bit: at the end of a part it may be one that stands for nothing.
                let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
                let place = alphabet.find(letter).unwrap() ^ 1;
                let flipped = alphabet.chars().nth(place).unwrap();
                let bent: String = token.char_indices().map(|(place, old)| if place == at { flipped } else { old }).collect();
                tokens.push((format!("{at} flipped"), bent));
            }
        }
        let (parts, others): (Vec<&str>, Vec<&str>) = (token.split('.').collect(), other.split('.').collect());
        tokens.push(("the claims of another".into(), [parts[0], others[1], parts[2]].join(".")));
        tokens.push(("the signature of another".into(), [parts[0], parts[1], others[2]].join(".")));
        tokens.push(("no bytes signed".into(), format!("{}.{}.{}", parts[0], parts[1], "A".repeat(86))));
        refuse_all(app, &tokens).await;
    }

    async fn only_three_parts_and_no_more(app: TestApp) {
        let forge = Forge::new(app);
        let token = &forge.member.token;
        let parts: Vec<&str> = token.split('.').collect();
        let garbage = [
            format!("{token}x"), format!("{token}="), format!("{token}=="), format!("{token}."), format!("{token}.x"),
            format!("{token}.{}", parts[2]), format!("{token} x"), format!("x{token}"), format!(".{token}"), format!("{token},"),
            format!("{token}, Bearer {token}"), format!("{token}%00"), format!("\"{token}\""), format!("Bearer {token}"),
            format!("{}..{}", parts[0], parts[2]), format!("..{}", parts[2]), "..".into(), ".".into(), "...".into(),
            format!("{}.{}", parts[0], parts[1]), parts[0].to_owned(), token.replace('.', ". "), token.replace('.', "%2E"),
            format!("{}.{}.", parts[0], parts[1]), format!("{}={}.{}", parts[0], parts[1], parts[2]),
            "A".repeat(5000), format!("{}.{}.{}", parts[0], "A".repeat(5000), parts[2]),
            format!("{}.{}.{}", "A".repeat(9000), parts[1], parts[2]),
        ];
        let tokens: Vec<_> = garbage.into_iter().map(|token| ("garbage".to_owned(), token)).collect();
        refuse_all(app, &tokens).await;
        let huge = app.get("/sections").bearer(&"A".repeat(40_000)).await;
        huge.problem(431, "headers_too_large");
    }

    async fn no_other_credentials_in_its_place(app: TestApp) {
        let forge = Forge::new(app);
        let (admin, refresh, token) = (key_of("admin"), &forge.member.refresh, &forge.member.token);
        let head = encoded(&forge.head.to_string());
        let tokens = [
            ("a refresh token", refresh.clone()),
            ("a token sent by mail", format!("bst_{}", "A".repeat(43))),
            ("a refresh token in three parts", format!("{head}.{refresh}.{}", "A".repeat(86))),
            ("an API key in three parts", format!("{admin}.{admin}.{admin}")),
            ("an API key as claims", forge.signed(&forge.head.to_string(), &json!(admin).to_string())),
            ("an API key as signature", format!("{head}.{}.{admin}", encoded(&forge.claims.to_string()))),
            ("a token behind a key", format!("{admin}{token}")),
            ("a token as a key", format!("bsk_{token}")),
            ("a key as a refresh token", format!("bsr_{admin}")),
        ].map(|(what, token)| (what.to_owned(), token));
        refuse_all(app, &tokens).await;
        for path in ["/sections", "/manage/articles"] {
            for scheme in ["Basic", "Token", "DPoP", "JWT", "Bearer\u{a0}", "", "Bearer,"] {
                let header = format!("{scheme} {token}");
                let Ok(_) = reqwest::header::HeaderValue::from_bytes(header.as_bytes()) else { continue };
                is_refused(&app.get(path).header("authorization", &header).await, scheme);
            }
            is_refused(&app.get(path).header("authorization", token).await, "without a scheme");
            is_refused(&app.get(path).header("authorization", "").await, "empty");
            let twice = app.get(path).bearer(token).bearer(token).await;
            is_refused(&twice, "given twice");
            let both = app.get(path).bearer(token).bearer(&admin).await;
            is_refused(&both, "a token and a key");
        }
    }

    async fn a_token_is_taken_from_the_header_alone(app: TestApp) {
        let token = app.member("admin").token;
        for name in ["access_token", "token", "authorization", "bearer"] {
            let reply = app.get(&format!("/sections?{name}={token}")).await;
            reply.problem(400, "unknown_parameter");
            assert!(!reply.text().contains(&token));
            app.get(&format!("/manage/articles?{name}={token}")).await.problem(401, "unauthorized");
        }
        for (name, value) in [("cookie", format!("access_token={token}")), ("x-access-token", token.clone()),
                              ("proxy-authorization", format!("Bearer {token}"))] {
            let reply = app.get("/manage/articles").header(name, &value).await;
            reply.problem(401, "unauthorized");
            assert!(!reply.header("www-authenticate").contains("invalid_token"), "{name}");
        }
    }
}
