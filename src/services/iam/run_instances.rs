//! ResourceHandlingOption: the scenarios of `ec2:RunInstances`, and the resources that each asks for.

/// `(scenario, resource types)`. Source: IAM API reference, SimulateCustomPolicy, ResourceHandlingOption.
const SCENARIOS: [(&str, &[&str]); 6] = [
    ("EC2-Classic-InstanceStore", &["instance", "image", "security-group"]),
    ("EC2-Classic-EBS", &["instance", "image", "security-group", "volume"]),
    ("EC2-VPC-InstanceStore", &["instance", "image", "security-group", "network-interface"]),
    ("EC2-VPC-InstanceStore-Subnet", &["instance", "image", "security-group", "network-interface", "subnet"]),
    ("EC2-VPC-EBS", &["instance", "image", "security-group", "network-interface", "volume"]),
    ("EC2-VPC-EBS-Subnet", &["instance", "image", "security-group", "network-interface", "subnet", "volume"]),
];

/// Whether the resources are those of the scenario.
///
/// # Errors
/// What is wrong, in words.
pub fn check(option: &str, resources: &[String]) -> Result<(), String> {
    let Some((_, types)) = SCENARIOS.iter().find(|(name, _)| *name == option) else {
        return Err(format!("Invalid Resource Handling Option: {option}"));
    };
    let is_of = |arn: &str, kind: &str| arn.splitn(6, ':').nth(5).is_some_and(|resource| resource.split('/').next() == Some(kind));
    match types.iter().find(|kind| !resources.iter().any(|arn| is_of(arn, kind))) {
        Some(kind) => Err(format!("Resource Handling Option {option} needs a resource of type {kind}.")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_of_a_scenario_must_be_there() {
        let arns = |kinds: &[&str]| kinds.iter().map(|kind| format!("arn:aws:ec2:us-east-1:1:{kind}/x")).collect::<Vec<_>>();
        let all = ["instance", "image", "security-group", "network-interface", "subnet", "volume"];
        for (scenario, kinds) in SCENARIOS {
            assert_eq!(check(scenario, &arns(kinds)), Ok(()), "{scenario}");
            assert_eq!(check(scenario, &arns(&all)), Ok(()), "{scenario}");
            for index in 0..kinds.len() {
                assert!(check(scenario, &arns(&[&kinds[..index], &kinds[index + 1..]].concat())).is_err(), "{scenario} {index}");
            }
        }
        assert!(check("EC2", &arns(&all)).is_err());
    }
}
