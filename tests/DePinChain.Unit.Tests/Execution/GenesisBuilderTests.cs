using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Execution;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.Execution;

public sealed class GenesisBuilderTests
{
    [Test]
    public void Block_0_holds_the_documents_rules_and_money()
    {
        using var chain = TestChain.Start();
        BlockHeader header = chain.Head;
        Assert.That((header.Number, header.ParentHash, header.Miner), Is.EqualTo((0UL, Hash256.Zero, Address.Zero)));
        Assert.That((header.Timestamp, header.GasLimit, header.GasUsed), Is.EqualTo((1_700_000_000UL, 60_000_000UL, 0UL)));
        Assert.That((header.TransactionsRoot, header.ReceiptsRoot), Is.EqualTo((BlockHeader.EmptyTrieRoot, BlockHeader.EmptyTrieRoot)));
        Assert.That(header.BaseFeePerGas, Is.EqualTo((UInt256)TestChain.Gwei));
        Assert.That(chain.BalanceOf(Blocks.Keys.Number(9).Address), Is.EqualTo(Amount.FromDpn(1_000).ToUInt256()));
        Assert.That(chain.View.Height, Is.EqualTo(1));
        Assert.That(chain.View.Validators.Count, Is.EqualTo(FixedValidators.Count));
        Address miner = chain.View.ProposerAt(0);
        Assert.That(chain.View.FindVrfKey(miner), Is.Not.Null);
        Assert.That(chain.View.FindVrfKey(Address.Zero), Is.Null);
        Assert.That(chain.View.FindOperator(miner), Is.EqualTo(miner));
        Assert.That(chain.View.FindOperator(Address.Zero), Is.Null);
    }

    [Test]
    public void Two_documents_have_two_genesis_blocks()
    {
        using var one = TestChain.Start();
        using var other = TestChain.Start(change: d => d with { Timestamp = d.Timestamp + 1 });
        using var again = TestChain.Start();
        Assert.That(one.Head.Hash, Is.EqualTo(again.Head.Hash));
        Assert.That(one.Head.Hash, Is.Not.EqualTo(other.Head.Hash));
    }

    [Test]
    public void All_errors_of_document_and_sections_are_named_at_once()
    {
        GenesisDocument document = TestChain.Document() with
        {
            TotalSupply = Amount.One,
            Validators = [],
            Modules = [Section("nobody", "{}"), Section("picky", "{}")],
        };
        GenesisException error = Assert.Throws<GenesisException>(() => Build(document, new Picky()))!;
        string[] paths = ["$.totalSupply", "$.validators", "$.modules.nobody", "$.modules.picky.size"];
        Assert.That(error.Errors.Select(e => e.Path), Is.EqualTo(paths));
        Assert.That(error.Message, Does.Contain("$.modules.picky.size: is missing"));
    }

    [Test]
    public void Modules_move_the_founders_coins_and_mint_none()
    {
        var moving = new Picky { Initialized = (module, context) => Assert.That(context.Validators, Has.Count.EqualTo(4)) };
        GenesisDocument document = TestChain.Document() with { Modules = [Section("picky", "{\"size\":1}")] };
        Assert.That(Build(document, moving).Block.Number, Is.Zero);
        Assert.That(moving.Sections, Is.EqualTo(new[] { "{\"size\":1}" }));
    }

    private static GenesisModule Section(string name, string json) => new(name, JsonDocument.Parse(json).RootElement);

    private static GenesisBlock Build(GenesisDocument document, Picky module)
    {
        using var store = new MemoryDatabase();
        using var tree = StateTree.Open(store);
        using StateSnapshot empty = tree.Latest();
        var modules = new ModuleSet([FixedValidators.Described, Picky.Described], _ => [new FixedValidators(), module]);
        return GenesisBuilder.Build(document, modules, empty, tree.Seal);
    }

    /// <summary>A module whose section must have a size.</summary>
    private sealed class Picky : IModule, IGenesis
    {
        public static readonly ModuleDescriptor Described = new("picky", Address.FromLow(0xd003), "[]", "{}", "{}");

        public List<string> Sections { get; } = [];

        public Action<Picky, GenesisContext>? Initialized { get; init; }

        public Address Address => Described.Address;

        public ModuleDescriptor Descriptor => Described;

        public byte[] Dispatch(Call call, ReadOnlySpan<byte> calldata) => throw Calldata.Unknown(calldata);

        public IReadOnlyList<GenesisFault> Validate(JsonElement? section, string path) =>
            section?.TryGetProperty("size", out _) == true ? [] : [new GenesisFault(path + ".size", "is missing")];

        public void Initialize(JsonElement? section, GenesisContext context)
        {
            Sections.Add(section!.Value.GetRawText());
            Initialized?.Invoke(this, context);
        }
    }
}
