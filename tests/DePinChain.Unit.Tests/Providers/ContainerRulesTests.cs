using System.Text.Json.Nodes;
using DePinChain.Client.Containers;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Providers.Containers;

namespace DePinChain.Unit.Tests.Providers;

/// <summary>What every container is held to, whatever its manifest says, and who may speak of a lease.</summary>
public sealed class ContainerRulesTests
{
    private static readonly ServiceManifest Web = new(
        "web", "localhost/busybox:1", ["/bin/httpd"], ["-f"], ["A=b"], [new PortManifest(8080, "tcp")],
        [new VolumeManifest("fast", "/fast", 8, "ram", false), new VolumeManifest("disk", "/disk", 16, "ssd", true)], 250, 32, 0, 1,
            "none");

    [Test]
    public void A_container_has_no_root_no_capability_no_way_up_and_a_limit_on_everything()
    {
        JsonObject wish = ContainerRules.Wish(
            new ContainerPlan(Web, 0, 1_234_567, "depin-x", "10.89.3.10", ["web:10.89.3.10"], [new KeptPort("web", 0, 8080, "tcp", 31_000)],
                [("/home/volumes/x", "/disk", true)], [], new Dictionary<string, string> { ["depin.lease"] = "0x1" }), 256, "127.0.0.1");
        JsonObject host = wish["HostConfig"]!.AsObject();
        Assert.Multiple(() =>
        {
            Assert.That(wish["User"]!.GetValue<string>(), Is.EqualTo("1234567:1234567"));
            Assert.That(host["CapDrop"]!.ToJsonString(), Is.EqualTo("[\"ALL\"]"));
            Assert.That(host.ContainsKey("CapAdd"), Is.False);
            Assert.That(host["Privileged"]!.GetValue<bool>(), Is.False);
            Assert.That(host["ReadonlyRootfs"]!.GetValue<bool>(), Is.True);
            Assert.That(host["SecurityOpt"]!.ToJsonString(), Is.EqualTo("[\"no-new-privileges\"]"));
            Assert.That(host["Memory"]!.GetValue<ulong>(), Is.EqualTo(40UL << 20), "32 MiB, and 8 MiB of volume in memory");
            Assert.That(host["MemorySwap"]!.GetValue<ulong>(), Is.EqualTo(40UL << 20), "no swap");
            Assert.That(host["NanoCpus"]!.GetValue<ulong>(), Is.EqualTo(250_000_000UL));
            Assert.That(host["PidsLimit"]!.GetValue<int>(), Is.EqualTo(256));
            Assert.That(host["NetworkMode"]!.GetValue<string>(), Is.EqualTo("depin-x"));
            Assert.That(host["Binds"]!.ToJsonString(), Is.EqualTo("[\"/home/volumes/x:/disk:ro\"]"));
            Assert.That(host["Dns"]![0]!.GetValue<string>(), Is.EqualTo("192.0.2.1"), "the host's resolver is not the tenant's");
            Assert.That(host["PortBindings"]!["8080/tcp"]!.ToJsonString(),
                Is.EqualTo("[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"31000\"}]"));
            Assert.That(host["Tmpfs"]!["/fast"]!.GetValue<string>(), Does.Contain("size=8m").And.Contain("nosuid").And.Contain("nodev"));
        });
    }

    [Test]
    public void No_namespace_mount_or_keyring_is_left_in_the_filter_and_clone_makes_processes_only()
    {
        var filter = (JsonObject)JsonNode.Parse(
            """
            {"defaultAction":"SCMP_ACT_ERRNO","syscalls":[
              {"names":["read","clone","clone3","unshare","mount"],"action":"SCMP_ACT_ALLOW"},
              {"names":["setns"],"action":"SCMP_ACT_ALLOW","includes":{"caps":["CAP_SYS_ADMIN"]}}]}
            """)!;
        JsonArray calls = SystemCallFilter.Tightened(filter)["syscalls"]!.AsArray();
        Assert.That(calls[0]!["names"]!.ToJsonString(), Is.EqualTo("[\"read\"]"));
        Assert.That(calls, Has.Count.EqualTo(3));
        Assert.That(calls[1]!["args"]![0]!["value"]!.GetValue<ulong>(), Is.EqualTo(2_114_060_288), "Docker's default.json");
        Assert.That(calls[2]!["errnoRet"]!.GetValue<int>(), Is.EqualTo(38));
    }

    [Test]
    public void A_request_is_its_tenants_for_one_provider_chain_path_body_and_time()
    {
        using PrivateKey tenant = PrivateKey.Parse($"0x{11:x64}");
        Address provider = Address.FromLow(0x77), other = Address.FromLow(0x78);
        Hash256 digest = ComputeSigning.RequestDigest(5, provider, "PUT", "/v1/x", [1, 2], 100, "0xaa");
        string signature = Hex.Encode(tenant.Sign(digest).ToArray());
        Assert.That(ComputeSigning.SignerOf(digest, signature), Is.EqualTo(tenant.Address));
        Hash256[] others =
        [
            ComputeSigning.RequestDigest(6, provider, "PUT", "/v1/x", [1, 2], 100, "0xaa"),
            ComputeSigning.RequestDigest(5, other, "PUT", "/v1/x", [1, 2], 100, "0xaa"),
            ComputeSigning.RequestDigest(5, provider, "GET", "/v1/x", [1, 2], 100, "0xaa"),
            ComputeSigning.RequestDigest(5, provider, "PUT", "/v1/y", [1, 2], 100, "0xaa"),
            ComputeSigning.RequestDigest(5, provider, "PUT", "/v1/x", [1, 3], 100, "0xaa"),
            ComputeSigning.RequestDigest(5, provider, "PUT", "/v1/x", [1, 2], 101, "0xaa"),
            ComputeSigning.RequestDigest(5, provider, "PUT", "/v1/x", [1, 2], 100, "0xab"),
        ];
        foreach (Hash256 one in others) Assert.That(ComputeSigning.SignerOf(one, signature), Is.Not.EqualTo(tenant.Address));
        foreach (string? text in (string?[])[null, "", "0x12", "no", signature[..^2]])
            Assert.That(ComputeSigning.SignerOf(digest, text), Is.Null);
    }

    [Test]
    public void A_request_counts_once_while_its_time_holds()
    {
        var book = new OnceBook();
        Assert.That(book.TryUse("a", 1_000), Is.True);
        Assert.That(book.TryUse("a", 1_239), Is.False);
        Assert.That(book.TryUse("b", 1_239), Is.True);
        Assert.That(book.TryUse("a", 1_241), Is.True, "its own time is over: an old one is refused for its age");
    }

    [Test]
    public async Task Frames_come_apart_as_the_engine_put_them_together()
    {
        // As a shell that prints "out" and fails with "err" looked on Podman's socket, and the end that the agent adds.
        byte[] frames = [.. Hex.Decode("0x01000000000000046f75740a02000000000000046572720a"), .. OutputFrames.Ended(7)];
        var seen = new List<string>();
        await OutputFrames.ReadAsync(new MemoryStream(frames), (stream, bytes) =>
        {
            seen.Add($"{stream}:{Convert.ToHexString(bytes.Span)}");
            return Task.CompletedTask;
        }, CancellationToken.None);
        Assert.That(seen, Is.EqualTo(new[] { "1:6F75740A", "2:6572720A", "9:00000007" }));
        foreach (int cut in (int[])[3, 10])
        {
            Assert.That(async () => await OutputFrames.ReadAsync(
                new MemoryStream(frames[..cut]), static (_, _) => Task.CompletedTask, CancellationToken.None),
                    Throws.InstanceOf<IOException>());
        }

        byte[] huge = [1, 0, 0, 0, 255, 255, 255, 255];
        Assert.That(async () => await OutputFrames.ReadAsync(
            new MemoryStream(huge), static (_, _) => Task.CompletedTask, CancellationToken.None), Throws.InstanceOf<IOException>());
    }
}
