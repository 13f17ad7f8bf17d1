using System.Net;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Explorer.Chain;
using DePinChain.Indexer.Rows;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Tests;

/// <summary>What pages say can be checked without believing them: the file, what the command line makes of it, and the fields.</summary>
public sealed class ProofTests
{
    private const string Account = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

    // What a view leaves out or computes is not compared; so many fields of each record are.
    private static readonly (string Kind, string Module, string View, int Least)[] Kinds =
    [
        ("deal", "storageMarket", "getDeal", 9), ("lease", "computeMarket", "getLease", 9), ("cluster", "clusters", "getCluster", 19),
        ("subnet", "subnets", "subnet", 14), ("validator", "staking", "getValidator", 10), ("proposal", "governance", "proposal", 8),
        ("job", "attestations", "getJob", 13),
    ];

    private static readonly string[] KindNames = [.. Kinds.Select(kind => kind.Kind)];

    [TestCaseSource(nameof(KindNames))]
    public async Task A_proven_record_has_the_fields_of_its_view_at_that_block_and_the_command_line_proves_it(string kind)
    {
        (_, string module, string view, int least) = Kinds.Single(one => one.Kind == kind);
        (string key, object argument, long block) = await SubjectAsync(kind);
        JsonNode file = await FileAsync(kind, $"{key}?block={block}");
        JsonNode record = file["record"]!;
        string value = file["proof"]!["storageProof"]![0]!["value"]!.GetValue<string>();
        Assert.That(Hex.TryDecode(value, out byte[] bytes), Is.True, "records of more than a word are given as bytes");
        IReadOnlyList<(string Name, string Value)> fields =
            RecordFields.Decode(record["types"], record["type"]!.GetValue<string>(), bytes);
        Facts says = (await new NodeViews(SharedNetwork.Live, block).AskAsync(module, view, argument))!.Only;
        if (says["record"].Node is not null) says = says["record"];
        (string Name, string Value)[] shared = [.. fields.Where(field => says[field.Name].Node is JsonValue)];
        Assert.That(shared, Has.Length.GreaterThanOrEqualTo(least), string.Join(", ", fields.Select(field => field.Name)));
        foreach ((string name, string proven) in shared) Assert.That(proven, Is.EqualTo(says.Of(name)), $"{kind}.{name}");

        string folder = Directory.CreateTempSubdirectory("depin-proof-").FullName, path = Path.Combine(folder, $"{kind}.json");
        await File.WriteAllTextAsync(path, file.ToJsonString());
        string trusted = $"{block}:{file["lightBlock"]!["commit"]!["blockHash"]}";
        (int code, string output) = await DepinCommand.RunAsync("verify", "file", path, "--trusted", trusted, "--json");
        Assert.That(code, Is.Zero, output);
        JsonNode proof = JsonNode.Parse(output)!;
        foreach ((string name, string proven) in shared)
            Assert.That(proof[$"{kind}.{name}"]!.ToString(), Is.EqualTo(proven), $"{kind}.{name}");
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public async Task The_layouts_that_the_node_publishes_have_a_record_for_each_kind_of_proof()
    {
        await SharedNetwork.UntilIndexedAsync();
        foreach (ProofSubject subject in ProofSubject.All.Where(one => one.Module.Length > 0))
        {
            string[] keys = ["1", Account, Hash256.Zero.ToString()];
            RecordPlace? place = keys.Select(key => Locate(subject, key)).FirstOrDefault(one => one is not null);
            Assert.That(place, Is.Not.Null, subject.Kind);
        }

        static RecordPlace? Locate(ProofSubject subject, string key)
        {
            try
            {
                return subject.Locate(SharedNetwork.Live, key);
            }
            catch (FormatException)
            {
                return null; // not that kind of key
            }
        }
    }

    [Test]
    public async Task The_command_line_believes_the_file_by_its_validators_or_its_block_and_by_nothing_else()
    {
        await SharedNetwork.UntilIndexedAsync();
        JsonNode file = await FileAsync("lease", MarketScenario.Lease.ToString());
        string folder = Directory.CreateTempSubdirectory("depin-proof-").FullName, path = Path.Combine(folder, "lease.json");
        await File.WriteAllTextAsync(path, file.ToJsonString());
        JsonNode light = file["lightBlock"]!;
        string set = Keccak256.Hash(SetOf(light["validators"]!.AsArray())).ToString();
        string block = $"{file["height"]}:{light["commit"]!["blockHash"]}";

        JsonNode proven = await ProvenAsync("--validators", set);
        Assert.That(proven["lease.price"]!.GetValue<string>(), Is.EqualTo("14000000000000"));
        Assert.That(proven["validators"]!.GetValue<string>(), Is.EqualTo(set));
        Assert.That((await ProvenAsync("--trusted", block))["trusted"]!.GetValue<string>(), Is.EqualTo(block));
        string first = (await SharedNetwork.Network.CallAsync("eth_getBlockByNumber", "0x1", false)).GetProperty("hash").GetString()!;
        proven = await ProvenAsync("--trusted", $"1:{first}");
        Assert.That(proven["trusted"]!.GetValue<string>(), Is.EqualTo($"1:{first}"), "with the node's headers");

        Assert.That((await VerifyAsync("--validators", block[^66..])).Code, Is.Not.Zero, "other validators");
        Assert.That((await VerifyAsync("--trusted", $"{file["height"]}:{set}")).Code, Is.Not.Zero, "another block");
        Assert.That((await VerifyAsync()).Code, Is.Not.Zero, "nothing that is trusted");

        // One lease's record is not another's, though its bytes are proven.
        file["key"] = MarketScenario.Order.ToString();
        await File.WriteAllTextAsync(path, file.ToJsonString());
        Assert.That((await VerifyAsync("--validators", set)).Code, Is.Not.Zero, "another key");
        Directory.Delete(folder, recursive: true);

        Task<(int Code, string Output)> VerifyAsync(params string[] trust) =>
            DepinCommand.RunAsync(["verify", "file", path, .. trust, "--json"]);

        async Task<JsonNode> ProvenAsync(params string[] trust)
        {
            (int code, string output) = await VerifyAsync(trust);
            Assert.That(code, Is.Zero, output);
            return JsonNode.Parse(output)!;
        }
    }

    [TestCase("/api/v1/proof/nothing/1", HttpStatusCode.NotFound, "there is no proof of a 'nothing'")]
    [TestCase("/api/v1/proof/deal/x", HttpStatusCode.BadRequest, "is not a number")]
    [TestCase("/api/v1/proof/account/0x12", HttpStatusCode.BadRequest, "0x12")]
    [TestCase("/api/v1/proof/account/" + Account + "?block=99999999", HttpStatusCode.BadRequest, "block takes a number")]
    [TestCase("/api/v1/proof/account/" + Account + "?block=0", HttpStatusCode.BadRequest, "block takes a number")]
    public async Task What_cannot_be_proven_is_refused_with_the_reason(string address, HttpStatusCode code, string why)
    {
        using HttpResponseMessage answer = await SharedNetwork.Web.GetAsync(address);
        Assert.That(answer.StatusCode, Is.EqualTo(code));
        Assert.That(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["problem"]!.GetValue<string>(), Does.Contain(why));
    }

    // By hand: version 1, an address, uint16 7, the text "hé" with its two bytes of length, a list of two uint8.
    private const string Types = """
        {"t_r":{"encoding":"record","version":1,"members":[{"label":"who","type":"t_address"},{"label":"n","type":"t_uint16"},
         {"label":"said","type":"t_string"},{"label":"few","type":"t_list"}]},
         "t_address":{"encoding":"inplace","label":"address","numberOfBytes":"20"},
         "t_uint16":{"encoding":"inplace","label":"uint16","numberOfBytes":"2"},
         "t_string":{"encoding":"bytes","label":"string","numberOfBytes":"32"},
         "t_list":{"encoding":"dynamic_array","label":"uint8[]","base":"t_uint8"},
         "t_uint8":{"encoding":"inplace","label":"uint8","numberOfBytes":"1"},
         "t_self":{"encoding":"record","version":1,"members":[{"label":"a","type":"t_inner"}]},
         "t_inner":{"encoding":"record","version":1,"members":[{"label":"b","type":"t_inner"}]},
         "t_p":{"encoding":"inplace","label":"struct P",
          "members":[{"label":"a","offset":0,"type":"t_uint8"},{"label":"b","offset":1,"type":"t_uint16"}]},
         "t_wide":{"encoding":"inplace","label":"struct W","members":[{"label":"a","offset":20,"type":"t_address"}]}}
        """;

    private const string Record = "0x01" + "f39fd6e51aad88f6f4ce6ab8827279cfffb92266" + "0007" + "0003" + "68c3a9" + "0002" + "0509";

    [Test]
    public void A_record_is_read_field_by_field_and_a_packed_word_from_its_least_end()
    {
        Assert.That(RecordFields.Decode(JsonNode.Parse(Types), "t_r", Hex.Decode(Record)), Is.EqualTo(
            new[] { ("who", Account), ("n", "7"), ("said", "hé"), ("few[0]", "5"), ("few[1]", "9") }));
        Assert.That(RecordFields.Decode(JsonNode.Parse(Types), "t_p", [0x01, 0x02, 0x07]), Is.EqualTo(new[] { ("a", "7"), ("b", "258") }));
    }

    [TestCase("t_r", "0x02" + "00", "is not version 1")]
    [TestCase("t_r", Record + "00", "1 bytes longer")]
    [TestCase("t_r", "0x01f39f", "shorter than its fields")]
    [TestCase("t_none", "0x01", "does not know")]
    [TestCase("t_self", "0x01", "never ends")]
    [TestCase("t_wide", "0x01", "wider than a word")]
    [TestCase("t_p", "0x010000000000000000000000000000000000000000000000000000000000000000", "more than a word")]
    public void What_is_no_record_is_refused(string type, string record, string why) => Assert.That(
        () => RecordFields.Decode(JsonNode.Parse(Types), type, Hex.Decode(record)),
        Throws.InstanceOf<FormatException>().With.Message.Contains(why));

    // A key, what the view takes for it, and a block in whose state it is. A job is over after some blocks, so it is asked for as it began.
    private static async Task<(string Key, object Argument, long Block)> SubjectAsync(string kind)
    {
        long job = kind == "job" ? RowId.BlockOf((await SharedNetwork.UntilEventAsync("attestations", "JobAnnounced")).Id) : 0;
        MarkRow mark = await SharedNetwork.UntilIndexedAsync();
        return kind switch
        {
            "lease" => (MarketScenario.Lease.ToString(), MarketScenario.Lease.ToArray(), mark.Height),
            "validator" => (BreachScenario.Validator.ToString(), BreachScenario.Validator, mark.Height),
            "job" => ("1", (UInt256)1UL, job),
            _ => ("1", (UInt256)1UL, mark.Height),
        };
    }

    private static async Task<JsonNode> FileAsync(string kind, string key) =>
        JsonNode.Parse(await SharedNetwork.Web.GetStringAsync($"/api/v1/proof/{kind}/{key}"))!;

    // keccak(u32 n ‖ n · (20-byte address ‖ u64 power)), big-endian: the header's validatorsHash.
    private static byte[] SetOf(JsonArray validators)
    {
        string entries = string.Concat(validators.Select(one =>
            one!["address"]!.GetValue<string>()[2..] + one["power"]!.GetValue<string>()[2..].PadLeft(16, '0')));
        return Hex.Decode($"0x{validators.Count:x8}{entries}");
    }
}
