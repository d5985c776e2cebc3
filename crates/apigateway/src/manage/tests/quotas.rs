//! How much an API may have.

use super::*;

#[tokio::test]
async fn an_api_has_so_many_stages_and_no_more() {
    let gateway = Gateway::new().await;
    let api = gateway.api().await;
    let stage = |name: usize| json!({ "ApiId": api, "StageName": format!("s{name}") });
    for name in 0..10 {
        gateway.ok("CreateStage", stage(name)).await;
    }
    let refused = gateway.fails("CreateStage", stage(10)).await;
    assert_eq!(refused, "400 BadRequestException: An API has at most 10 of these");
    gateway.ok("DeleteStage", stage(0)).await;
    gateway.ok("CreateStage", stage(10)).await;
}
