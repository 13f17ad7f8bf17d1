using System.Text.Json;

namespace DePinChain.Modules.Tests.Sdk;

/// <summary>The published JSON, field by field as Solidity's documentation has it.</summary>
public sealed class DescriptorTests
{
    [Test]
    public void Functions_are_in_the_json_abi()
    {
        Assert.Multiple(() =>
        {
            Same(
                Entry("repeat"),
                """
                {"type":"function","name":"repeat","inputs":[
                  {"name":"plan","type":"tuple","internalType":"struct Plan","components":[
                    {"name":"title","type":"string","internalType":"string"},
                    {"name":"steps","type":"uint64[]","internalType":"uint64[]"},
                    {"name":"part","type":"tuple","internalType":"struct Slice","components":[
                      {"name":"kind","type":"uint8","internalType":"uint8"},
                      {"name":"owner","type":"address","internalType":"address"},
                      {"name":"size","type":"uint32","internalType":"uint32"},
                      {"name":"isLive","type":"bool","internalType":"bool"},
                      {"name":"phase","type":"uint8","internalType":"enum Phase"}]},
                    {"name":"body","type":"bytes","internalType":"bytes"},
                    {"name":"scores","type":"tuple[]","internalType":"struct Score[]","components":[
                      {"name":"points","type":"uint32","internalType":"uint32"}]}]},
                  {"name":"words","type":"string[][]","internalType":"string[][]"}],
                 "outputs":[{"name":"","type":"tuple[]","internalType":"struct Plan[]","components":[
                    {"name":"title","type":"string","internalType":"string"},
                    {"name":"steps","type":"uint64[]","internalType":"uint64[]"},
                    {"name":"part","type":"tuple","internalType":"struct Slice","components":[
                      {"name":"kind","type":"uint8","internalType":"uint8"},
                      {"name":"owner","type":"address","internalType":"address"},
                      {"name":"size","type":"uint32","internalType":"uint32"},
                      {"name":"isLive","type":"bool","internalType":"bool"},
                      {"name":"phase","type":"uint8","internalType":"enum Phase"}]},
                    {"name":"body","type":"bytes","internalType":"bytes"},
                    {"name":"scores","type":"tuple[]","internalType":"struct Score[]","components":[
                      {"name":"points","type":"uint32","internalType":"uint32"}]}]}],
                 "stateMutability":"view"}
                """);
            Same(
                Entry("sam"),
                """
                {"type":"function","name":"sam","inputs":[
                  {"name":"name","type":"bytes","internalType":"bytes"},
                  {"name":"last","type":"bool","internalType":"bool"},
                  {"name":"values","type":"uint256[]","internalType":"uint256[]"}],
                 "outputs":[{"name":"","type":"uint64","internalType":"uint64"}],"stateMutability":"nonpayable"}
                """);
            Assert.That(Entry("aggregate3").GetProperty("stateMutability").GetString(), Is.EqualTo("payable"));
            Assert.That(
                Entry("echo").GetProperty("outputs").EnumerateArray()
                    .Select(output => output.GetProperty("name").GetString() + " " + output.GetProperty("type")),
                Is.EqualTo(new[]
                {
                    "flag bool", "a uint8", "b uint16", "c uint32", "d uint64", "e uint128", "f int32", "g int64", "h uint256", "i uint256",
                    "j address", "k bytes32", "l uint8", "m uint8",
                }));
        });
    }

    [Test]
    public void Events_and_errors_are_in_the_json_abi()
    {
        Same(
            Entry("Sampled"),
            """
            {"type":"event","name":"Sampled","inputs":[
              {"name":"label","type":"string","internalType":"string","indexed":true},
              {"name":"who","type":"address","internalType":"address","indexed":true},
              {"name":"count","type":"int32","internalType":"int32","indexed":true},
              {"name":"body","type":"bytes","internalType":"bytes","indexed":false}],"anonymous":false}
            """);
        Assert.That(Entry("PlanRefused").GetProperty("inputs")[1].GetProperty("internalType").GetString(), Is.EqualTo("enum Phase"));
    }

    [Test]
    public void An_event_of_one_module_is_in_no_other()
    {
        Assert.That(TokenFacade.Descriptor.Abi, Does.Contain("\"Transfer\""));
        Assert.That(SamplesModule.Descriptor.Abi, Does.Not.Contain("\"Transfer\""));
        Assert.That(TokenFacade.Descriptor.Abi, Does.Contain("\"Sampled\""), "not bound to one module: belongs to the whole namespace");
    }

    [Test]
    public void The_layout_has_the_shape_of_solcs()
    {
        JsonElement layout = JsonDocument.Parse(SamplesModule.Descriptor.StorageLayout).RootElement;
        Same(
            layout.GetProperty("storage"),
            $$"""
            [{{string.Join(',', new[]
            {
                ("balances", 0, "t_mapping(t_address,t_uint128)"),
                ("allowances", 1, "t_mapping(t_address,t_mapping(t_address,t_uint256))"),
                ("slices", 2, "t_mapping(t_string_memory_ptr,t_struct(Slice)_storage)"),
                ("slices.count", 2, "t_uint64"),
                ("plan", 3, "t_record(Plan)_storage"),
                ("members", 4, "t_set(t_uint64)"),
                ("byPhase", 5, "t_mapping(t_enum(Phase),t_set(t_bytes32))"),
                ("ids", 6, "t_uint64"),
                ("bodies", 7, "t_mapping(t_uint64,t_blob(t_bytes_storage))"),
                ("plans", 8, "t_mapping(t_bytes32,t_blob(t_record(Plan)_storage))"),
                ("governed", 9, "t_record(SamplesParameters)_storage"),
                ("scores", 10, "t_mapping(t_address,t_mapping(t_uint64,t_mapping(t_uint8,t_record(Score)_storage)))"),
                ("words", 11, "t_mapping(t_uint32,t_struct(Packed)_storage)"),
                ("longer", 12, "t_mapping(t_uint256,t_record(Unpacked)_storage)"),
                ("phase", 13, "t_enum(Phase)"),
                ("due", 20, "t_schedule(t_uint64)"),
                ("plans", 21, "t_schedule(t_record(Plan)_storage)"),
                ("quarantine", 65535, "t_quarantine"),
            }.Select(entry => Variable(entry.Item1, entry.Item2, entry.Item3)))}}]
            """);

        JsonElement types = layout.GetProperty("types");
        Same(
            types.GetProperty("t_struct(Slice)_storage"),
            """
            {"encoding":"inplace","label":"struct Slice","numberOfBytes":"32","members":[
              {"astId":0,"contract":"samples","label":"kind","offset":0,"slot":"0","type":"t_uint8"},
              {"astId":0,"contract":"samples","label":"owner","offset":1,"slot":"0","type":"t_address"},
              {"astId":0,"contract":"samples","label":"size","offset":21,"slot":"0","type":"t_uint32"},
              {"astId":0,"contract":"samples","label":"isLive","offset":25,"slot":"0","type":"t_bool"},
              {"astId":0,"contract":"samples","label":"phase","offset":26,"slot":"0","type":"t_enum(Phase)"}]}
            """);
        Same(
            types.GetProperty("t_mapping(t_address,t_mapping(t_address,t_uint256))"),
            """
            {"encoding":"mapping","label":"mapping(address => mapping(address => uint256))","numberOfBytes":"32",
             "key":"t_address","value":"t_mapping(t_address,t_uint256)"}
            """);
        Same(
            types.GetProperty("t_record(Score)_storage"),
            """{"encoding":"record","label":"struct Score","members":[{"label":"points","type":"t_uint32"}],"version":3}""");

        // Every type that is named is defined.
        foreach (JsonElement entry in layout.GetProperty("storage").EnumerateArray())
            Assert.That(types.TryGetProperty(entry.GetProperty("type").GetString()!, out _), Is.True, entry.ToString());
    }

    [Test]
    public void Comments_become_natspec()
    {
        JsonElement docs = JsonDocument.Parse(SamplesModule.Descriptor.Docs).RootElement;
        JsonElement user = docs.GetProperty("userdoc");
        JsonElement developer = docs.GetProperty("devdoc");
        Assert.Multiple(() =>
        {
            Assert.That(user.GetProperty("kind").GetString(), Is.EqualTo("user"));
            Assert.That(user.GetProperty("notice").GetString(), Is.EqualTo("A module with every shape of function and slot."));
            Assert.That(developer.GetProperty("details").GetString(), Is.EqualTo("For tests only."));
            Same(user.GetProperty("methods").GetProperty("overloaded(uint64,uint64)"), """{"notice":"Takes two."}""");
            Same(
                developer.GetProperty("methods").GetProperty("aggregate3((address,bool,bytes)[])"),
                """{"returns":{"_0":"How many bytes of calldata there were."}}""");
            Same(
                developer.GetProperty("events").GetProperty("Sampled(string,address,int32,bytes)"),
                """{"params":{"label":"Hashed among the topics.","count":"Signed."}}""");
            Assert.That(
                user.GetProperty("errors").EnumerateObject()
                    .Single(error => error.Name.StartsWith("PlanRefused(", StringComparison.Ordinal)).Value[0]
                    .GetProperty("notice").GetString(),
                Is.EqualTo("A plan was refused."));
            Same(
                docs.GetProperty("enums"),
                """{"Phase":{"0":"Open","1":"Closed","5":"Paid"},"Rights":{"0":"None","1":"Read","2":"Write"}}""");
        });
    }

    private static string Variable(string label, int slot, string type) =>
        $$"""{"astId":0,"contract":"samples","label":"{{label}}","offset":0,"slot":"{{slot}}","type":"{{type}}"}""";

    private static JsonElement Entry(string name) => JsonDocument.Parse(SamplesModule.Descriptor.Abi).RootElement.EnumerateArray()
        .Single(entry => entry.GetProperty("name").GetString() == name);

    private static void Same(JsonElement actual, string expected) =>
        Assert.That(JsonElement.DeepEquals(actual, JsonDocument.Parse(expected).RootElement), Is.True, actual.ToString());
}
