using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Sdk;

/// <summary>A genesis section with defaults of every kind.</summary>
public sealed record StartSection : IGenesisSection<StartSection>
{
    public ulong Blocks { get; init; } = 5;

    public Address? Keeper { get; init; }

    public Amount Fee { get; init; } = Amount.Parse("0.25");

    public StartLimits Limits { get; init; } = new();

    public IReadOnlyList<ulong> Steps { get; init; } = [1, 2];

    public static JsonTypeInfo<StartSection> Json => StartJson.Default.StartSection;

    public IEnumerable<GenesisFault> Validate(string path)
    {
        if (Blocks == 0) yield return new GenesisFault(path + ".blocks", "at least 1");
        if (Fee == Amount.Zero) yield return new GenesisFault(path + ".fee", "more than zero");
    }
}

/// <summary>A record in a section.</summary>
public sealed record StartLimits
{
    public uint Low { get; init; } = 3;

    public uint High { get; init; } = 9;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(AddressJson), typeof(AmountJson)])]
[JsonSerializable(typeof(StartSection))]
internal sealed partial class StartJson : JsonSerializerContext;

public sealed class GenesisTests
{
    private sealed class Starter : IGenesis<StartSection>
    {
        public StartSection? Started { get; private set; }

        public void Initialize(StartSection section, GenesisContext context) => Started = section;
    }

    private static readonly GenesisContext Context = new()
    {
        ChainId = 1,
        Timestamp = 2,
        IsDevelopment = true,
        TotalSupply = Amount.One,
        Validators = [],
        Forks = ForkSchedule.None,
    };

    [Test]
    public void A_section_is_read_through_its_own_type()
    {
        StartSection started = Start("""{"blocks":7,"keeper":"0x00000000000000000000000000000000000a11ce","fee":"1.5","steps":[4]}""");
        Assert.That((started.Blocks, started.Keeper, started.Fee), Is.EqualTo((7UL, Stage.Alice, Amount.Parse("1.5"))));
        Assert.That(started.Steps, Is.EqualTo(new ulong[] { 4 }));
    }

    [Test]
    public void What_a_document_leaves_out_has_its_default()
    {
        StartSection started = Start("""{"limits":{"low":1}}""");
        Assert.That((started.Blocks, started.Keeper, started.Fee), Is.EqualTo((5UL, (Address?)null, Amount.Parse("0.25"))));
        Assert.That(started.Limits, Is.EqualTo(new StartLimits { Low = 1 }));
        Assert.That(started.Steps, Is.EqualTo(new ulong[] { 1, 2 }));

        Starter starter = new();
        ((IGenesis)starter).Initialize(null, Context);
        Assert.That(starter.Started!.Blocks, Is.EqualTo(5));
        Assert.That(((IGenesis)starter).Validate(null, "$.modules.start"), Is.Empty);
    }

    [TestCase("""{"blocks":0,"fee":"0"}""", "$.modules.start.blocks|$.modules.start.fee")]
    [TestCase("""{"blocks":"x"}""", "$.modules.start.blocks")]
    [TestCase("""{"keeper":"0x12"}""", "$.modules.start.keeper")]
    [TestCase("""{"fee":1.5}""", "$.modules.start.fee")]
    [TestCase("""{"fee":"much"}""", "$.modules.start.fee")]
    [TestCase("""{"block":1}""", "$.modules.start.block")]
    [TestCase("""{"limits":{"lo":1}}""", "$.modules.start.limits.lo")]
    [TestCase("""{"limits":{"low":-1}}""", "$.modules.start.limits.low")]
    [TestCase("""{"limits":null}""", "$.modules.start.limits")]
    [TestCase("""{"blocks":1,"blocks":2}""", "$.modules.start.blocks")]
    [TestCase("[]", "$.modules.start")]
    [TestCase("null", "$.modules.start")]
    public void Every_mistake_is_named_with_its_path(string section, string paths)
    {
        IGenesis starter = new Starter();
        IReadOnlyList<GenesisFault> faults = starter.Validate(JsonDocument.Parse(section).RootElement, "$.modules.start");
        Assert.That(string.Join('|', faults.Select(fault => fault.Path)), Is.EqualTo(paths));
    }

    private static StartSection Start(string json)
    {
        Starter starter = new();
        ((IGenesis)starter).Initialize(JsonDocument.Parse(json).RootElement, Context);
        return starter.Started!;
    }
}
