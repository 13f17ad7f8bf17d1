using DePinChain.Client.Containers;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Providers;

/// <summary>Deployments as YAML: what they say to the market and to the provider, and where they are wrong.</summary>
public sealed class ManifestTextTests
{
    [Test]
    public void The_template_is_a_deployment()
    {
        PlannedGroup group = ManifestText.Read(ManifestText.Template).Single();
        ServiceManifest web = group.Manifest.Services.Single();
        Assert.Multiple(() =>
        {
            Assert.That(group.Manifest.Group, Is.EqualTo("anywhere"));
            Assert.That((web.Name, web.CpuMilli, web.MemMiB, web.Count, web.Egress), Is.EqualTo(("web", 100U, 32UL, (ushort)1, "none")));
            Assert.That(web.Ports, Is.EqualTo(new[] { new PortManifest(8080, "tcp") }));
            Assert.That(web.Volumes, Is.EqualTo(new[] { new VolumeManifest("scratch", "/data", 8, "ram", false) }));
            Assert.That(group.Ceiling, Is.EqualTo(Amount.Parse("0.001").Wei));
        });
    }

    [Test]
    public void Each_placement_in_use_is_a_group_and_each_service_in_it_a_unit()
    {
        string text = ManifestText.Template.Replace("  web:\n    anywhere: {profile: small, count: 1}",
            "  web:\n    anywhere: {profile: small, count: 2}\n    there: {profile: small, count: 1}", StringComparison.Ordinal)
            .Replace("  placement:\n", "  placement:\n    unused: {pricing: {}}\n    there: {regions: [276], attributes: {tier: gold}, " +
                "pricing: {small: {denom: dpn, amount: 2}}}\n", StringComparison.Ordinal);
        IReadOnlyList<PlannedGroup> groups = ManifestText.Read(text);
        Assert.That(groups.Select(group => (group.Manifest.Group, group.Ceiling)), Is.EqualTo(new[]
        {
            ("there", Amount.Parse("2").Wei), ("anywhere", Amount.Parse("0.002").Wei),
        }));
        Assert.That(((object?[])groups[0].Spec[1]!).Single(), Is.EqualTo((UInt256)276UL), "regions");
        Assert.That(((object?[])groups[0].Spec[2]!), Has.Length.EqualTo(1), "attributes");
    }

    [Test]
    public void An_order_says_that_its_containers_go_out()
    {
        string text = ManifestText.Template.Replace("# egress: public", "egress: public", StringComparison.Ordinal);
        var pair = (object?[])((object?[])ManifestText.Read(text).Single().Spec[2]!).Single()!;
        Assert.That(System.Text.Encoding.ASCII.GetString((byte[])pair[0]!).TrimEnd('\0'), Is.EqualTo("egress"));
        Assert.That(System.Text.Encoding.ASCII.GetString((byte[])pair[1]!).TrimEnd('\0'), Is.EqualTo("public"));
    }

    // Lines are those of the template, counted from 1.
    [TestCase("version: \"2.0\"", "version: \"3.0\"", 1, "version")]
    [TestCase("    image: localhost/busybox:1", "    image: localhost/busybox:1\n    privileged: true", 5, "'privileged' is not known")]
    [TestCase("    image: localhost/busybox:1", "    image: \"../../etc\"", 4, "no image's name")]
    [TestCase("port: 8080", "port: 80800", 9, "port takes a whole number up to 65535")]
    [TestCase("      - port: 8080", "      - port: 8080\n        as: 80", 10, "'as' is not served")]
    [TestCase("mount: /data", "mount: /etc/passwd", 4, "kept for the engine")]
    [TestCase("mount: /data", "mount: /a/../b", 4, "without ..")]
    [TestCase("units: 0.1", "units: lots", 19, "cpu takes cores")]
    [TestCase("units: 0.1", "units: 0.0001", 19, "cpu takes cores")]
    [TestCase("size: 32Mi", "size: 32 potatoes", 20, "memory")]
    [TestCase("class: ram", "class: tape", 4, "no class")]
    [TestCase("{name: scratch, size: 8Mi", "{name: other, size: 8Mi", 22, "mounted nowhere")]
    [TestCase("denom: dpn", "denom: gold", 30, "denom is dpn")]
    [TestCase("amount: 0.001", "amount: -1", 30, "no price")]
    [TestCase("profile: small", "profile: large", 33, "no compute profile 'large'")]
    [TestCase("count: 1}", "count: 51}", 33, "up to 50")]
    [TestCase("deployment:\n  web:", "deployment:\n  web2:", 33, "no service 'web2'")]
    public void What_is_wrong_is_told_with_its_line(string old, string now, int line, string words)
    {
        Assert.That(ManifestText.Template, Does.Contain(old));
        var wrong = Assert.Throws<ManifestTextException>(
            () => ManifestText.Read(ManifestText.Template.Replace(old, now, StringComparison.Ordinal)))!;
        Assert.That(wrong.Message, Does.Contain(words).IgnoreCase.Or.Contain("size takes a size"));
        Assert.That(wrong.Line, Is.EqualTo(line), wrong.Message);
    }

    [TestCase("a: [1, 2")]
    [TestCase("- a\n- b")]
    [TestCase("a: &x [*x]")]
    [TestCase("---\na: 1\n---\nb: 2")]
    [TestCase("")]
    public void What_is_no_deployment_is_refused(string text) =>
        Assert.That(() => ManifestText.Read(text), Throws.TypeOf<ManifestTextException>());

    [Test]
    public void A_manifest_comes_back_from_its_bytes_and_nothing_else_does()
    {
        LeaseManifest manifest = ManifestText.Read(ManifestText.Template).Single().Manifest;
        byte[] bytes = manifest.Encode();
        Assert.That(LeaseManifest.Decode(bytes).Encode(), Is.EqualTo(bytes));
        string text = System.Text.Encoding.UTF8.GetString(bytes);
        foreach (string other in (string[])
            [text.Replace("\"name\":\"web\"", "\"name\":\"web\",\"privileged\":true", StringComparison.Ordinal), "null", "{}", "[",
                text[..40]])
        {
            Assert.That(() => LeaseManifest.Decode(System.Text.Encoding.UTF8.GetBytes(other)),
                Throws.InstanceOf<System.Text.Json.JsonException>(), other);
        }
    }
}
