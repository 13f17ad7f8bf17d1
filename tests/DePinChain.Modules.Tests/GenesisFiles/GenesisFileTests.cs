using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Database;
using DePinChain.Execution;
using DePinChain.Node;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Modules.Tests.GenesisFiles;

/// <summary>The documents in genesis/ with the modules they name: what they build, and what keeps them from being built.</summary>
public sealed class GenesisFileTests
{
    // A change of a module's first state or of the document changes these, and makes another network of every localnet.
    private const string StateRoot = "0xed8522e27b98184855d343727ec0a9034f8f34542c7024d3f376f662f70d10e6";
    private const string BlockHash = "0xa912e0aa43da379daac9dae622a53a66c22172910cdc9c22788fcfed3b0a007b";

    [Test]
    public void The_localnets_block_0_is_pinned()
    {
        GenesisBlock genesis = Build(Read("localnet.json"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(genesis.Block.Header.StateRoot, Is.EqualTo(Hash256.Parse(StateRoot)));
            Assert.That(genesis.Block.Hash, Is.EqualTo(Hash256.Parse(BlockHash)));
        }
    }

    [Test]
    public void The_localnet_starts_with_four_equal_validators()
    {
        GenesisBlock genesis = Build(Read("localnet.json"));
        Assert.That(genesis.Next.Validators.Select(v => v.Power), Is.EqualTo(new[] { 100_000UL, 100_000UL, 100_000UL, 100_000UL }));
        Assert.That(genesis.Next.EpochStart, Is.EqualTo(1));
        foreach (Validator validator in genesis.Next.Validators)
        {
            Assert.That(genesis.Next.FindVrfKey(validator.Address), Is.Not.Null);
            Assert.That(genesis.Next.FindOperator(validator.Address), Is.Not.Null);
        }
    }

    [Test]
    public void The_localnets_operators_are_verifiers_whose_workers_come_from_the_mnemonic()
    {
        GenesisDocument document = Read("localnet.json");
        byte[] seed = Mnemonic.ToSeed("test test test test test test test test test test test junk");
        System.Text.Json.JsonElement verifiers = document.Modules.Single(m => m.Name == "attestations").Section.GetProperty("verifiers");
        for (int i = 0; i < 4; i++)
        {
            Assert.That(verifiers[i].GetProperty("owner").GetString(), Is.EqualTo(document.Validators[i].Operator.ToString()));
            string worker = HierarchicalKey.Derive(seed, $"m/44'/60'/6'/0/{i}").Address.ToString();
            Assert.That(verifiers[i].GetProperty("worker").GetString(), Is.EqualTo(worker));
            Assert.That(document.Accounts.Single(a => a.Label == $"worker{i}").Address.ToString(), Is.EqualTo(worker));
        }
    }

    [TestCase("mainnet.json")]
    [TestCase("testnet.json")]
    public void A_public_network_waits_for_its_validators_alone(string file)
    {
        GenesisException error = Assert.Throws<GenesisException>(() => Build(Read(file)))!;
        Assert.That(error.Errors.Select(e => e.Path), Is.EqualTo(new[] { "$.validators" }));
    }

    [TestCase("mainnet.json")]
    [TestCase("testnet.json")]
    public void A_public_network_with_a_validator_can_be_built(string file)
    {
        GenesisDocument document = Read(file);
        using PrivateKey signing = PrivateKey.Parse($"0x{7:x64}");
        using PrivateKey beacon = PrivateKey.Parse($"0x{8:x64}");
        Address founder = Address.FromLow(0xf00d);
        GenesisDocument founded = document with
        {
            Accounts =
            [
                new GenesisAccount(founder, Amount.FromDpn(1_000_000)),
                document.Accounts[0] with { Balance = document.Accounts[0].Balance - Amount.FromDpn(1_000_000) },
            ],
            Validators =
            [
                new GenesisValidator(
                    founder,
                    "founder",
                    signing.PublicKeyCompressed,
                    beacon.PublicKeyCompressed,
                    beacon.Sign(ProofOfPossession.Digest(document.ChainId, founder)).ToArray(),
                    Amount.FromDpn(1_000_000),
                    Commission: 0),
            ],
        };
        Assert.That(Build(founded).Next.Validators.Single(), Is.EqualTo(new Validator(signing.Address, 1_000_000)));
    }

    [Test]
    public void A_key_that_a_module_does_not_know_is_an_error_with_its_path()
    {
        GenesisDocument document = Read("localnet.json");
        System.Text.Json.JsonElement section = System.Text.Json.JsonDocument.Parse("""{"epochBlock":20}""").RootElement;
        GenesisException error = Assert.Throws<GenesisException>(() => Build(document.WithModule("staking", section)))!;
        Assert.That(error.Errors.Select(e => e.Path), Has.All.StartsWith("$.modules.staking"));
    }

    private static GenesisBlock Build(GenesisDocument document)
    {
        using var store = new MemoryDatabase();
        using var tree = StateTree.Open(store);
        using StateSnapshot empty = tree.Latest();
        return GenesisBuilder.Build(document, ModuleCatalog.Modules, empty, tree.Seal);
    }

    private static GenesisDocument Read(string file)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DePinChain.sln"))) folder = folder.Parent;
        Assert.That(folder, Is.Not.Null, "the tests run inside the repository");
        return GenesisDocument.Parse(File.ReadAllText(Path.Combine(folder!.FullName, "genesis", file)));
    }
}
