using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Staking.StakingNetwork;

namespace DePinChain.Modules.Tests.Staking;

public sealed class GenesisTests
{
    [TestCase("mainnet")]
    [TestCase("testnet")]
    [TestCase("localnet")]
    public void The_networks_sections_have_no_fault(string network)
    {
        GenesisDocument document = Document(network);
        StakingNetwork modules = Of(1);

        Assert.That(Faults(modules.Staking, document, "staking"), Is.Empty);
        Assert.That(Faults(modules.Emission, document, "emission"), Is.Empty);
        Assert.That(Faults(modules.Tokens, document, "tokens"), Is.Empty);
        Assert.That(Faults(modules.Treasury, document, "treasury"), Is.Empty);
    }

    [Test]
    public void A_localnet_has_short_terms_and_mainnet_the_real_ones()
    {
        Assert.That(ParametersOf("localnet"), Is.EqualTo(StakingParameters.Localnet));
        Assert.That(ParametersOf("mainnet"), Is.EqualTo(StakingParameters.Mainnet));
        Assert.That(StakingParameters.Localnet.MissedMax, Is.EqualTo(50));
        Assert.That(StakingParameters.Mainnet.MissedMax, Is.EqualTo(3_600));
    }

    [TestCase("""{"epochBlocks":4}""", "$.staking.epochBlocks")]
    [TestCase("""{"minSelfBond":"0.5"}""", "$.staking.minSelfBond")]
    [TestCase("""{"doubleSignSlashWad":1000000000000000001}""", "$.staking.doubleSignSlashWad")]
    [TestCase("""{"candidatesMax":50}""", "$.staking.candidatesMax")]
    [TestCase("""{"churn":1}""", "$.staking")]
    public void A_section_is_refused_with_its_place(string json, string path)
    {
        IGenesis staking = Of(1).Staking;
        IReadOnlyList<GenesisFault> faults = staking.Validate(JsonDocument.Parse(json).RootElement, "$.staking");

        Assert.That(faults, Has.Some.Matches<GenesisFault>(fault => fault.Path.StartsWith(path, StringComparison.Ordinal)));
    }

    [Test]
    public void Founders_bond_from_their_own_accounts()
    {
        StakingNetwork network = Of(10, 20);

        Assert.That(network.BalanceOf(Operator(1)), Is.EqualTo(Amount.FromDpn(999_990)));
        Assert.That(network.BalanceOf(WellKnownAddresses.Staking), Is.EqualTo(Amount.FromDpn(30)));
        Assert.That(network.Staking.CurrentSet.TotalPower, Is.EqualTo((UInt128)30));
        Assert.That(network.Staking.Violations(), Is.Empty);
        Assert.That(network.Staking.EpochStart, Is.EqualTo(1));
    }

    [Test]
    public void A_network_without_validators_gives_its_rewards_to_the_pool()
    {
        StakingNetwork network = With(Rules, new EmissionGenesis());
        network.AdvanceTo(12);

        Assert.That(network.BalanceOf(network.Treasury.Address), Is.EqualTo(network.Emission.Supply().Minted));
    }

    private static StakingParameters ParametersOf(string network)
    {
        // What Initialize would read, through a network that is given the document's section.
        StakingNetwork founded = Of(1);
        IGenesis staking = founded.Staking;
        staking.Initialize(Document(network).FindModule("staking"), new GenesisContext
        {
            ChainId = HotKey.ChainId,
            Timestamp = 0,
            IsDevelopment = true,
            TotalSupply = Amount.Zero,
            Validators = [],
            Forks = ForkSchedule.None,
        });
        return founded.Staking.GetParams();
    }

    private static IReadOnlyList<GenesisFault> Faults(IGenesis module, GenesisDocument document, string name) =>
        module.Validate(document.FindModule(name), $"$.modules.{name}");

    private static GenesisDocument Document(string network)
    {
        DirectoryInfo? folder = new(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DePinChain.sln"))) folder = folder.Parent;
        return GenesisDocument.Parse(File.ReadAllText(Path.Combine(folder!.FullName, "genesis", network + ".json")));
    }
}
