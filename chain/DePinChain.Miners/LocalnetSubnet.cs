using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Inference.Models;
using DePinChain.Miners.Homes;
using DePinChain.Miners.Judging;
using DePinChain.Miners.Links;
using DePinChain.Miners.Receipts;
using DePinChain.Miners.Serving;
using DePinChain.Primitives;

namespace DePinChain.Miners;

/// <summary>
/// A localnet's own text subnet: a generated model, a validator that owns the subnet, and two miners, all in this process, which is
/// lighter than three. They register themselves with coins of the faucet.
/// </summary>
internal sealed class LocalnetSubnet(string folder, string rpc, int port, ProgramLog log)
{
    private const string Name = "localnet-text";
    private const string OwnerGift = "0x6c6b935b8bbd400000"; // 2,000 DPN
    private const string MinerGift = "0x56bc75e2d63100000"; // 100 DPN
    private static readonly Amount Stake = Amount.FromDpn(1_000);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan GiftLimit = TimeSpan.FromSeconds(60);

    private readonly SubnetHome _validator = new(Path.Combine(folder, "validator"));
    private readonly SubnetHome[] _miners = [new(Path.Combine(folder, "miner-1")), new(Path.Combine(folder, "miner-2"))];

    private string ModelPath => Path.Combine(folder, "model");

    private string ManifestPath => Path.Combine(folder, "manifest.json");

    public async Task RunAsync(CancellationToken stopping)
    {
        Hash256 manifest = Prepare();
        await EnrolAsync(manifest, stopping);
        Task[] running =
        [
            .. _miners.Select(miner => MinerAgent.RunAsync(miner, Rehearsal.None, Drill.None(log), log, stopping)),
            ValidatorAgent.RunAsync(_validator, Drill.None(log), log, stopping),
        ];
        await await Task.WhenAny(running);
        await Task.WhenAll(running);
    }

    private Hash256 Prepare()
    {
        if (!File.Exists(ManifestPath))
        {
            GeneratedModel.Write(ModelPath, GeneratedModel.Localnet, salt: 1);
            using ModelFolder model = ModelFolder.Open(ModelPath);
            var written = new TaskManifest(
                "text", ModelShelf.Describe(model, Name, Inference.Llama.ArithmeticProfile.ExactInt8, maxTokens: 128),
                new ManifestVerification(ManifestVerification.Toploc), new ManifestSampling(PerEpoch: 2, OrganicPermille: 200),
                LatencyMs: 15_000, new ManifestScoring(AlphaPermille: 300), MinEvidence: 1, VersionKey: 0);
            DurableFile.Replace(ManifestPath, written.Encode());
        }

        if (!_validator.Exists) _validator.Create(SettingsOf(SubnetRole.Validator, 0));
        for (int at = 0; at < _miners.Length; at++)
            if (!_miners[at].Exists) _miners[at].Create(SettingsOf(SubnetRole.Miner, at + 1));
        return TaskManifest.Read(ManifestPath).Hash;
    }

    private SubnetSettings SettingsOf(SubnetRole role, int place) => new()
    {
        Role = role,
        Rpc = rpc,
        Port = port + place,
        Model = ModelPath,
        Manifest = ManifestPath,
        Workers = 1,
        Receipts = role == SubnetRole.Miner,
    };

    // Each step asks the chain whether it is done already: a start that was cut off goes on where it was.
    private async Task EnrolAsync(Hash256 manifest, CancellationToken stopping)
    {
        using PrivateKey owner = _validator.ReadKey();
        using SubnetChain chain = await Waiting.OpenAsync(SettingsOf(SubnetRole.Validator, 0), owner, log, stopping);
        uint netuid = await FindAsync(chain, stopping) ?? await RegisterAsync(chain, manifest, stopping);
        for (int at = 0; at < _miners.Length; at++)
        {
            _miners[at].Save(SettingsOf(SubnetRole.Miner, at + 1) with { Netuid = netuid });
            using PrivateKey key = _miners[at].ReadKey();
            using SubnetChain own = await SubnetChain.OpenAsync(rpc, netuid, key, stopping);
            await JoinAsync(own, stopping);
        }

        using SubnetChain ruled = await SubnetChain.OpenAsync(rpc, netuid, owner, stopping);
        await new InferenceChain(ruled).RegisterAsync(
            ModelIdentity.Of(ModelPath), Inference.Llama.ArithmeticProfile.ExactInt8, "", stopping);

        _validator.Save(SettingsOf(SubnetRole.Validator, 0) with { Netuid = netuid });
    }

    private static async Task<uint?> FindAsync(SubnetChain chain, CancellationToken stopping)
    {
        IReadOnlyList<ModuleLog> mine = await chain.Subnets.LogsAsync(
            "SubnetRegistered", 0, await chain.HeadAsync(stopping), stopping, null, LogTopic.Of(chain.Hotkey));
        return mine.Count == 0 ? null : (uint)mine[^1].Values.Count("netuid");
    }

    private static async Task<uint> RegisterAsync(SubnetChain chain, Hash256 manifest, CancellationToken stopping)
    {
        await FundAsync(chain, OwnerGift, Stake, stopping);
        Amount price = await chain.Subnets.AmountAsync("lockCost", stopping);
        await chain.SendAsync(
            chain.Subnets.Plan("registerSubnet", price, chain.Hotkey, manifest.ToArray(), Name), stopping);
        uint netuid = await FindAsync(chain, stopping)
            ?? throw new ExitException(ExitException.RefusedByChain, "the localnet's subnet did not come about; start it again.");
        await chain.SendAsync(chain.Subnets.Plan("startEmission", Amount.Zero, (UInt256)netuid), stopping);
        await chain.SendAsync(chain.Subnets.Plan("stake", Stake, chain.Hotkey), stopping);
        return netuid;
    }

    private static async Task JoinAsync(SubnetChain chain, CancellationToken stopping)
    {
        SubnetView view = await chain.ViewAsync(await chain.HeadAsync(stopping), stopping);
        if (view.Find(chain.Hotkey) is not null) return;
        Amount price = await chain.Subnets.AmountAsync("price", stopping, (UInt256)chain.Netuid);
        await FundAsync(chain, MinerGift, price, stopping);
        await chain.SendAsync(chain.Subnets.Plan("register", price, (UInt256)chain.Netuid, chain.Hotkey), stopping);
    }

    private static async Task FundAsync(SubnetChain chain, string gift, Amount needed, CancellationToken stopping)
    {
        if (await chain.BalanceAsync(stopping) > needed) return;
        await chain.AskFaucetAsync(gift, stopping);
        DateTime limit = DateTime.UtcNow + GiftLimit;
        for (; await chain.BalanceAsync(stopping) <= needed; await Task.Delay(Poll, stopping))
        {
            if (DateTime.UtcNow > limit)
                throw new ExitException(
                    ExitException.RefusedByChain, $"the faucet's coins did not come to {chain.Hotkey}; start it again.");
        }
    }
}
