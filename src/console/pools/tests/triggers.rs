//! The page of a pool's triggers.

use serde_json::{Value, json};

use super::{HOSTILE, described, open, send, shows};
use crate::testing::TestApp;

#[actix_web::test]
async fn triggers_are_set_and_the_rest_of_the_pool_stays() {
    let mut app = TestApp::new().await;
    crate::testing::TestFunctions::start(&mut app).await;
    let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
    let browser = app.console().await;
    let arn = crate::testing::TestFunctions::arn("f");
    assert!(shows(&open(&browser, &pool, "/triggers").await, "PreTokenGeneration"));
    let fields = [("PreSignUp", arn.as_str()), ("PreTokenGeneration", &arn), ("version", "V2_0"), ("CustomEmailSender", &arn)];
    let refused = send(&browser, &pool, "/triggers", &fields).await;
    assert!(shows(&refused, "KMSKeyID is required") && shows(&refused, &arn), "what was typed stays");
    let key = ("KMSKeyID", "arn:aws:kms:us-east-1:000000000000:key/other");
    let fields: Vec<(&str, &str)> = fields.into_iter().chain([key]).collect();
    assert_eq!(send(&browser, &pool, "/triggers", &fields).await.status, 303);
    let set = described(&pool).await;
    assert_eq!(set["LambdaConfig"]["PreTokenGenerationConfig"], json!({"LambdaVersion": "V2_0", "LambdaArn": arn}));
    assert_eq!((&set["LambdaConfig"]["PreSignUp"], &set["AutoVerifiedAttributes"]), (&json!(arn), &json!(["email"])));
    let page = open(&browser, &pool, "/triggers").await;
    assert!(shows(&page, "can be called") && shows(&page, "not in the settings"));
    let hostile = send(&browser, &pool, "/triggers", &[("PreSignUp", HOSTILE)]).await;
    assert!(!hostile.text.contains("<script>alert"));
    assert_eq!(send(&browser, &pool, "/triggers", &[("version", "V1_0")]).await.status, 303);
    assert_eq!(described(&pool).await["LambdaConfig"], Value::Null);
}
