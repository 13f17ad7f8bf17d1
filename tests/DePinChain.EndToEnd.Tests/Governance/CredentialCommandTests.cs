using System.Text.Json.Nodes;
using DePinChain.EndToEnd.Tests.CommandLine;

namespace DePinChain.EndToEnd.Tests.Governance;

/// <summary>An issuer attests, a holder presents, a list clears: what a provider's policy asks is met or not, by command.</summary>
[NonParallelizable]
public sealed class CredentialCommandTests
{
    private const string Issuer = "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955"; // dev7
    private const string Holder = "0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f"; // dev8
    private const string Stranger = "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720"; // dev9

    [Test]
    public async Task A_policy_admits_who_presents_a_statement_and_is_on_no_list()
    {
        string home = Directory.CreateTempSubdirectory("depin-credentials-").FullName;
        try
        {
            await using Localnet network = await Localnet.StartAsync(null, null, "--block-time", "instant", "--validators", "1");
            var depin = new DepinProgram(network.RpcUrl, home);
            await depin.JsonAsync("credentials", "register", "Registry of adults", "--key", "dev7");
            JsonNode said = await depin.JsonAsync(
                "credentials", "attest", Holder, "adult", "--claim", "country=CH", "--claim", "adult=yes", "--key", "dev7");
            Assert.That(said["claims"]!.AsArray(), Has.Count.EqualTo(2), "each with the salt and branch that its holder keeps");
            await depin.JsonAsync("credentials", "policy", "Adults only", "--schema", "adult", "--issuer", Issuer, "--key", "dev6");
            Assert.That(await AdmitsAsync(depin, Holder), Is.EqualTo("false"), "attested and not presented");
            await depin.JsonAsync("credentials", "present", Issuer, "adult", "--key", "dev8");
            Assert.That(
                (await AdmitsAsync(depin, Holder), await AdmitsAsync(depin, Stranger)), Is.EqualTo(("true", "false")));

            string list = Path.Combine(home, "list.txt");
            await File.WriteAllLinesAsync(list, [Stranger, "0x00000000000000000000000000000000000000aa"]);
            await depin.JsonAsync("credentials", "commit", "sanctions", list, "--key", "dev7");
            await depin.JsonAsync("credentials", "screen", Issuer, "sanctions", "--key", "dev6");
            Assert.That(await AdmitsAsync(depin, Holder), Is.EqualTo("false"), "not shown clear yet");
            await depin.JsonAsync("credentials", "clear", Issuer, "sanctions", list, Holder, "--key", "dev8");
            Assert.That(await AdmitsAsync(depin, Holder), Is.EqualTo("true"));
            DepinRun listed = await depin.RunAsync("credentials", "clear", Issuer, "sanctions", list, Stranger, "--key", "dev9");
            Assert.That((listed.ExitCode, listed.Error), Is.EqualTo((2, listed.Error)));
            Assert.That(listed.Error, Does.Contain("Listed"));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task<string> AdmitsAsync(DepinProgram depin, string client) =>
        (await depin.JsonAsync("credentials", "status", "dev6", "--client", client))["admits"]!.ToString();
}
