using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.EndToEnd.Tests.Processes;
using DePinChain.Node;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Safety;

/// <summary><c>depin forensics</c> beside a running localnet: what its nodes kept, and what somebody brings from elsewhere.</summary>
[NonParallelizable]
public sealed class ForensicsTests
{
    private static readonly Hash256 V = Keccak256.Hash("v"u8);
    private static readonly Hash256 W = Keccak256.Hash("w"u8);

    private string _folder = "";
    private Fleet _fleet = null!;
    private DepinProgram _depin = null!;

    [SetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("depin-forensics-").FullName;
        _fleet = await Fleet.StartAsync(Path.Combine(_folder, "net"), "--block-time", "0.5s");
        _depin = new DepinProgram(_fleet.Localnet.RpcUrl, Path.Combine(_folder, "home"));
    }

    [TearDown]
    public async Task Stop()
    {
        await _fleet.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Votes_of_several_rounds_are_kept_and_whoever_broke_a_rule_is_named_and_handed_in()
    {
        // A height whose proposer is gone takes a second round.
        await _fleet.OrderAsync("kill", ["v3"], ("staysDown", true));
        while (!(await KeptAsync()).Any()) await Task.Delay(200);
        ulong height = (await KeptAsync()).First();
        JsonArray listed = (JsonArray)await _depin.JsonAsync("forensics");
        Assert.That(listed.Select(row => row!["height"]!.GetValue<string>()), Does.Contain($"{height}"));

        string saved = Path.Combine(_folder, "kept.txt");
        JsonNode honest = (await _depin.JsonAsync("forensics", "--height", $"{height}", "--save", saved)).AsArray().Single()!;
        Assert.That((honest["offences"]!.AsArray().Count, honest["fork"]!.GetValue<bool>()), Is.EqualTo((0, false)));
        Assert.That(VoteRecord.TryDecode(Hex.Decode(File.ReadAllText(saved).Trim()), out VoteRecord? kept, out string? why), Is.True, why);
        Assert.That(kept!.Votes.Select(vote => vote.Round).Distinct().Count(), Is.GreaterThan(1));

        await AssertAmnesiacsAreNamedAsync(kept);
        await AssertDoubleVoterIsHandedInAsync(kept);
    }

    // v0, v2 and v3 commit v in round 5, and in round 6 v2 and v3 go with v1 for w as if they had never been locked.
    private async Task AssertAmnesiacsAreNamedAsync(VoteRecord kept)
    {
        List<Vote> votes = [];
        foreach (int index in (int[])[0, 2, 3])
        {
            votes.Add(Sign(kept, index, VoteKind.Prevote, 5, V));
            votes.Add(Sign(kept, index, VoteKind.Precommit, 5, V));
        }

        foreach (int index in (int[])[1, 2, 3])
        {
            votes.Add(Sign(kept, index, VoteKind.Prevote, 6, W));
            votes.Add(Sign(kept, index, VoteKind.Precommit, 6, W));
        }

        string file = Path.Combine(_folder, "fork.txt");
        await File.WriteAllTextAsync(file, Hex.Encode((kept with { Votes = votes }).Encode()));
        JsonNode found = (await _depin.JsonAsync("forensics", file)).AsArray().Single()!;
        Assert.That(Named(found, "Amnesia"), Is.EquivalentTo(new[] { SignerOf(2), SignerOf(3) }));
        Assert.That((found["fork"]!.GetValue<bool>(), found["explained"]!.GetValue<bool>()), Is.EqualTo((true, true)));
        Assert.That((await _depin.RunAsync("forensics", file, "-o", "table")).Output, Does.Contain("which explains the fork"));
    }

    private async Task AssertDoubleVoterIsHandedInAsync(VoteRecord kept)
    {
        Vote[] pair = [Sign(kept, 1, VoteKind.Prevote, 7, V), Sign(kept, 1, VoteKind.Prevote, 7, W)];
        string file = Path.Combine(_folder, "twice.txt");
        await File.WriteAllTextAsync(file, Hex.Encode((kept with { Votes = pair }).Encode()));
        JsonNode found = (await _depin.JsonAsync("forensics", file, "--submit")).AsArray().Single()!;
        Assert.That(Named(found, "Equivocation"), Is.EqualTo(new[] { SignerOf(1) }));
        DepinRun again = await _depin.RunAsync("forensics", file, "--submit", "--json");
        Assert.That(again.ExitCode, Is.Not.Zero, "the offence is known already");
    }

    private async Task<IEnumerable<ulong>> KeptAsync()
    {
        JsonElement heights = await _fleet.Localnet.CallAsync("depin_getVoteRecords");
        return heights.EnumerateArray().Select(height => Convert.ToUInt64(height.GetString(), 16));
    }

    private static IEnumerable<string> Named(JsonNode found, string offence) => found["offences"]!.AsArray()
        .Where(row => row!["offence"]!.GetValue<string>() == offence).Select(row => row!["validator"]!.GetValue<string>());

    private static string SignerOf(int validator)
    {
        using PrivateKey key = LocalnetKeys.Signing(validator);
        return key.Address.ToString();
    }

    private static Vote Sign(VoteRecord of, int validator, VoteKind kind, uint round, Hash256 block)
    {
        using PrivateKey key = LocalnetKeys.Signing(validator);
        Hash256 digest = ConsensusSignBytes.OfVote(of.ChainId, kind, of.Height, round, -1, block);
        return new Vote(kind, of.Height, round, -1, block, key.Sign(digest));
    }
}
