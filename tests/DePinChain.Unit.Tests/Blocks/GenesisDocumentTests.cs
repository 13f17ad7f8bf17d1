using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Blocks;

public sealed class GenesisDocumentTests
{
    private const string FirstAccount = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\",\n      \"balance\": \"10000\"";

    private static string Localnet => Read("localnet.json");

    [Test]
    public void The_localnet_can_be_started()
    {
        var genesis = GenesisDocument.Parse(Localnet);
        Assert.That(genesis.Validate(), Is.Empty);
        Assert.That((genesis.ChainId, genesis.Development, genesis.MinBlockSeconds), Is.EqualTo((1_337_000UL, true, 0UL)));
        Assert.That(genesis.Validators, Has.Count.EqualTo(4));
    }

    [Test]
    public void The_localnets_keys_are_those_of_the_well_known_mnemonic()
    {
        var genesis = GenesisDocument.Parse(Localnet);
        byte[] seed = Mnemonic.ToSeed("test test test test test test test test test test test junk");
        for (int i = 0; i < 10; i++)
        {
            GenesisAccount account = genesis.Accounts.Single(a => a.Label == $"dev{i}");
            Assert.That(account.Address, Is.EqualTo(HierarchicalKey.Derive(seed, $"m/44'/60'/0'/0/{i}").Address));
            Assert.That(account.Balance, Is.EqualTo(Amount.FromDpn(10_000)));
        }
        for (int i = 0; i < 4; i++)
        {
            GenesisValidator validator = genesis.Validators[i];
            Assert.That(validator.Operator, Is.EqualTo(HierarchicalKey.Derive(seed, $"m/44'/60'/1'/0/{i}").Address));
            byte[] signing = HierarchicalKey.Derive(seed, $"m/44'/60'/2'/0/{i}").PublicKeyCompressed;
            byte[] vrf = HierarchicalKey.Derive(seed, $"m/44'/60'/3'/0/{i}").PublicKeyCompressed;
            Assert.That(validator.SigningKey.ToArray(), Is.EqualTo(signing));
            Assert.That(validator.VrfKey.ToArray(), Is.EqualTo(vrf));
        }

        // The first account of anvil and hardhat.
        Assert.That(genesis.Accounts[0].Address.ToString(), Is.EqualTo("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
    }

    [TestCase("mainnet.json", 91_200UL)]
    [TestCase("testnet.json", 91_201UL)]
    public void A_network_without_validators_says_so_and_nothing_else(string file, ulong chainId)
    {
        var genesis = GenesisDocument.Parse(Read(file));
        Assert.That(genesis.ChainId, Is.EqualTo(chainId));
        Assert.That(genesis.TotalSupply, Is.EqualTo(Amount.FromDpn(500_000_000)));
        GenesisError error = genesis.Validate().Single();
        Assert.That(
            error.ToString(), Is.EqualTo("$.validators: there is no validator: this network cannot start until validators are added"));
    }

    [Test]
    public void Mainnets_supply_can_never_exceed_two_and_a_half_billion()
    {
        var genesis = GenesisDocument.Parse(Read("mainnet.json"));
        JsonElement caps = genesis.FindModule("emission")!.Value.GetProperty("caps");
        Amount all = caps.EnumerateObject().Aggregate(genesis.TotalSupply, (sum, cap) => sum + Amount.Parse(cap.Value.GetString()!));
        Assert.That(caps.GetProperty("security").GetString(), Is.EqualTo("471625818"));
        Assert.That(all, Is.EqualTo(Amount.FromDpn(2_500_000_000)));
    }

    [TestCase("localnet.json")]
    [TestCase("testnet.json")]
    [TestCase("mainnet.json")]
    public void A_document_is_written_as_it_was_read(string file) =>
        Assert.That(GenesisDocument.Parse(Read(file)).ToJson(), Is.EqualTo(Read(file)));

    [Test]
    public void The_schema_names_exactly_the_keys_that_are_read()
    {
        JsonNode properties = JsonNode.Parse(Read("genesis.schema.json"))!["properties"]!;
        JsonObject document = JsonNode.Parse(Localnet)!.AsObject();
        Assert.That(Keys(properties), Is.EquivalentTo(Keys(document)));
        Assert.That(Keys(properties["timeouts"]!["properties"]!), Is.EquivalentTo(Keys(document["timeouts"]!)));
        Assert.That(Keys(properties["accounts"]!["items"]!["properties"]!), Is.EquivalentTo(Keys(document["accounts"]![0]!)));
        Assert.That(Keys(properties["validators"]!["items"]!["properties"]!), Is.EquivalentTo(Keys(document["validators"]![0]!)));
    }

    [Test]
    public void Every_error_of_form_is_listed_with_its_path()
    {
        string json = Localnet
            .Replace("\"gasLimit\":", "\"gaslimit\":", StringComparison.Ordinal)
            .Replace("\"minBaseFeePerGas\": \"1000000000\"", "\"minBaseFeePerGas\": \"1 gwei\"", StringComparison.Ordinal)
            .Replace("\"voteMs\"", "\"votesMs\"", StringComparison.Ordinal)
            .Replace(FirstAccount, "0x1234\",\n      \"balance\": \"much\"", StringComparison.Ordinal)
            .Replace("\"commission\": \"0.1\"", "\"commission\": \"1.1\"", StringComparison.Ordinal);
        Assert.That(GenesisDocument.TryParse(json, out GenesisDocument? document, out IReadOnlyList<GenesisError> errors), Is.False);
        Assert.That(document, Is.Null);
        Assert.That(errors.Select(e => e.Path), Is.SupersetOf(new[]
        {
            "$.gaslimit", "$.gasLimit", "$.minBaseFeePerGas", "$.timeouts.votesMs", "$.timeouts.voteMs",
            "$.accounts[0].address", "$.accounts[0].balance", "$.validators[0].commission", "$.validators[3].commission",
        }));
    }

    [TestCase("{", "$")]
    [TestCase("null", "$")]
    [TestCase("{\"chainId\":\"1\"}", "$.chainId")]
    [TestCase("{\"name\":\"a\",\"name\":\"b\"}", "$")]
    public void What_is_no_document_is_refused(string json, string path)
    {
        Assert.That(GenesisDocument.TryParse(json, out _, out IReadOnlyList<GenesisError> errors), Is.False);
        Assert.That(errors[0].Path, Does.StartWith(path));
        Assert.That(() => GenesisDocument.Parse(json), Throws.InstanceOf<GenesisException>());
    }

    [Test]
    public void Every_broken_rule_is_listed_with_its_path()
    {
        var genesis = GenesisDocument.Parse(Localnet);
        GenesisValidator first = genesis.Validators[0];
        GenesisDocument broken = genesis with
        {
            ChainId = 1UL << 31,
            Development = false,
            GasLimit = 4_999_999,
            GasLimitTarget = 1_000_000_001,
            MinBaseFeePerGas = 0,
            TotalSupply = Amount.One,
            Accounts = [.. genesis.Accounts, genesis.Accounts[0]],
            Validators =
            [
                first,
                first with { SelfBond = Amount.FromDpn(100_000_000) },
                genesis.Validators[2] with { SelfBond = Amount.FromWei(1), SigningKey = new byte[33] },
            ],
        };
        string[] paths = [.. broken.Validate().Select(e => e.Path)];
        Assert.That(paths, Is.SupersetOf(new[]
        {
            "$.chainId", "$.gasLimit", "$.gasLimitTarget", "$.minBlockSeconds", "$.minBaseFeePerGas", "$.totalSupply",
            $"$.accounts[{genesis.Accounts.Count}].address",
            "$.validators[1].operator", "$.validators[1].signingKey", "$.validators[1].selfBond",
            "$.validators[2].selfBond", "$.validators[2].signingKey",
            "$.validators[0].vrfProofOfPossession", // made for another chain id
        }));
    }

    [Test]
    public void A_possession_is_proven_for_this_chain_and_operator_only()
    {
        var genesis = GenesisDocument.Parse(Localnet);
        GenesisDocument moved = genesis with { ChainId = genesis.ChainId + 1 };
        IEnumerable<string> expected = Enumerable.Range(0, 4).Select(i => $"$.validators[{i}].vrfProofOfPossession");
        Assert.That(moved.Validate().Select(e => e.Path), Is.EqualTo(expected));
    }

    [Test]
    public void A_modules_section_is_replaced_by_name()
    {
        var genesis = GenesisDocument.Parse(Localnet);
        JsonElement section = JsonDocument.Parse("{\"epochBlocks\":7}").RootElement;
        GenesisDocument changed = genesis.WithModule("staking", section);
        Assert.That(changed.FindModule("staking")!.Value.GetProperty("epochBlocks").GetInt32(), Is.EqualTo(7));
        Assert.That(changed.Modules, Has.Count.EqualTo(genesis.Modules.Count));
        Assert.That(genesis.FindModule("nothing"), Is.Null);
    }

    internal static string Read(string file)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DePinChain.sln"))) folder = folder.Parent;
        Assert.That(folder, Is.Not.Null, "the tests run inside the repository");
        return File.ReadAllText(Path.Combine(folder!.FullName, "genesis", file));
    }

    private static IEnumerable<string> Keys(JsonNode node) => node.AsObject().Select(p => p.Key);
}
