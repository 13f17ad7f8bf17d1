using System.Text.Json.Nodes;
using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Primitives;
using DePinChain.Proofs.Devices;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;

namespace DePinChain.Worker.Following;

/// <summary>What the worker reads from the chain: committees and seals, by the names of the modules' ABI.</summary>
internal sealed class AttestationChain : IDisposable
{
    private const uint PageJobs = 100;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private readonly ModuleDirectory _modules;
    private readonly ModuleGateway _sealed;
    private readonly ModuleGateway _subnets;
    private readonly ModuleGateway _retrievals;
    private readonly ModuleGateway _devices;
    private readonly ModuleGateway _market;

    private AttestationChain(JsonRpcConnection node, ModuleDirectory modules, ulong chainId, Hash256 genesis, CommitteeRules rules)
    {
        (Node, _modules, ChainId, Genesis, Rules) = (node, modules, chainId, genesis, rules);
        Committees = ModuleGateway.Of(node, modules, "attestations");
        _sealed = ModuleGateway.Of(node, modules, "sealedSectors");
        _subnets = ModuleGateway.Of(node, modules, "subnets");
        Inference = ModuleGateway.Of(node, modules, "inference");
        _retrievals = ModuleGateway.Of(node, modules, "retrievals");
        _devices = ModuleGateway.Of(node, modules, "devices");
        _market = ModuleGateway.Of(node, modules, "computeMarket");
    }

    public JsonRpcConnection Node { get; }

    public ulong ChainId { get; }

    public Hash256 Genesis { get; }

    public CommitteeRules Rules { get; }

    public ModuleGateway Committees { get; }

    public ModuleGateway Inference { get; }

    public static JsonRpcConnection Connect(string rpc)
    {
        if (!Uri.TryCreate(rpc, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new ExitException(ExitException.LocalState, $"'{rpc}' is not an http address; mend it in worker.json.");
        return new JsonRpcConnection(endpoint, AnswerLimit);
    }

    public static async Task<AttestationChain> OpenAsync(string rpc, CancellationToken cancellation)
    {
        JsonRpcConnection node = Connect(rpc);
        try
        {
            ulong chainId = (ulong)await node.QuantityAsync("eth_chainId", cancellation);
            JsonNode? first = await node.CallAsync("eth_getBlockByNumber", cancellation, "0x0", false);
            Hash256 genesis = Hash256.Parse(first!["hash"]!.GetValue<string>());
            ModuleDirectory modules = await ModuleDirectory.LoadAsync(node, cancellation);
            GovernedParameters now = await GovernedParameters.LoadAsync(node, cancellation);
            CommitteeRules rules = new(
                now.Count("attestations", "certificateBlocks"), now.Count("attestations", "seedBlocks"),
                now.Count("attestations", "commitBlocks"), now.Count("attestations", "revealBlocks"),
                now.Count("attestations", "disputeBlocks"));
            return new AttestationChain(node, modules, chainId, genesis, rules);
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    public async Task<ulong> HeadAsync(CancellationToken cancellation) =>
        (ulong)await Node.QuantityAsync("eth_blockNumber", cancellation);

    /// <summary>Every live job's number.</summary>
    public async Task<IReadOnlyList<ulong>> LiveJobsAsync(CancellationToken cancellation)
    {
        List<ulong> live = [];
        while (true)
        {
            object?[] page = (object?[])(await Committees.ValueAsync(
                "getLiveJobs", cancellation, (UInt256)(ulong)live.Count, (UInt256)PageJobs))!; // the view answers an array of numbers
            live.AddRange(page.Select(static job => (ulong)(UInt256)job!));
            if (page.Length < PageJobs) return live;
        }
    }

    /// <summary>A live job; null for one that is over.</summary>
    public async Task<JobFacts?> FindJobAsync(ulong job, CancellationToken cancellation)
    {
        AbiRecord report;
        try
        {
            report = await Committees.RecordAsync("getJob", cancellation, (UInt256)job);
        }
        catch (NodeRefusedException over) when (over.RevertData.Length > 0)
        {
            return null;
        }

        AbiRecord record = report.Record("record"), progress = report.Record("progress");
        return new JobFacts(
            job, (byte)record.Count("kind"), record.Hash("subject"), record.Hash("blobRoot"), record.Count("blobBytes"),
            (uint)record.Count("chunkBytes"), (uint)record.Count("lanes"), record.Hash("shardRoot"), (JobPhase)progress.Count("state"),
            (ushort)progress.Count("firstSeat"), (ushort)progress.Count("seats"), progress.Count("until"));
    }

    /// <summary>All seats of a live job.</summary>
    public async Task<IReadOnlyList<SeatFacts>> SeatsAsync(ulong job, CancellationToken cancellation)
    {
        AbiFunction view = Committees.Module.Abi.Functions.First(static function => function.Name == "getSeats");
        object?[] seats = (object?[])(await Committees.ValueAsync("getSeats", cancellation, (UInt256)job))!; // an array of tuples
        return [.. seats.Select((one, index) =>
        {
            AbiRecord seat = new(view.Outputs[0].Components, (object?[])one!);
            return new SeatFacts(
                (ushort)index, seat.Address("verifier"), (SeatPhase)seat.Count("state"), (VerdictWord)seat.Count("verdict"),
                seat.Hash("word"));
        })];
    }

    /// <summary>Operators that keep a job's shards, in the order of their shards.</summary>
    public async Task<Address[]> CustodiansAsync(ulong job, CancellationToken cancellation) =>
        [.. ((object?[])(await Committees.ValueAsync("getCustodians", cancellation, (UInt256)job))!).Select(static one => (Address)one!)];

    /// <summary>Whose worker a key is; zero for nobody's.</summary>
    public async Task<Address> OwnerOfWorkerAsync(Address worker, CancellationToken cancellation) =>
        (Address)(await Committees.ValueAsync("ownerOfWorker", cancellation, worker))!; // as its ABI says

    /// <summary>What a blob of proofs is judged by; null when its sector, or its claim, is gone.</summary>
    public async Task<ProofFacts?> FindProofAsync(JobFacts job, CancellationToken cancellation) =>
        job.Kind == (byte)CommitteeKind.Spacetime ? await FindWindowAsync(job, cancellation) : await FindSealAsync(job, cancellation);

    private async Task<WindowFacts?> FindWindowAsync(JobFacts job, CancellationToken cancellation)
    {
        AbiRecord answer = await _sealed.ViewAsync("getWindowClaim", cancellation, (UInt256)job.Job);
        AbiFunction view = _sealed.Module.Abi.Functions.First(static function => function.Name == "getWindowClaim");
        AbiRecord claim = new(view.Outputs[0].Components, (object?[])answer.Values[0]!); // its first output is a tuple
        object?[] sectors = (object?[])answer.Values[2]!, replicas = (object?[])answer.Values[3]!; // and the last two are arrays
        if (sectors.Length == 0) return null;
        return new WindowFacts(
            SectorShape.Of((SectorKind)(byte)(ulong)(UInt256)answer.Values[1]!), ChainId, claim.Count("provider"), claim.Hash("seed"),
            [.. sectors.Select((number, at) => new ProvenSector((ulong)(UInt256)number!, new Hash256((byte[])replicas[at]!)))]);
    }

    private async Task<SealFacts?> FindSealAsync(JobFacts job, CancellationToken cancellation)
    {
        (ulong provider, ulong sector) = job.Sealed;
        try
        {
            AbiRecord answer = await _sealed.ViewAsync("getSector", cancellation, (UInt256)provider, (UInt256)sector);
            AbiFunction view = _sealed.Module.Abi.Functions.First(static function => function.Name == "getSector");
            AbiRecord record = new(view.Outputs[0].Components, (object?[])answer.Values[0]!); // its first output is a tuple
            AbiRecord calendar = await _sealed.RecordAsync("getCalendar", cancellation, (UInt256)provider);
            SectorIdentity identity = new(ChainId, provider, sector, record.Hash("ticket"), record.Hash("commD"));
            return new SealFacts(
                SectorShape.Of((SectorKind)calendar.Count("kind")), identity, record.Hash("commR"), record.Hash("seed"));
        }
        catch (NodeRefusedException gone) when (gone.RevertData.Length > 0)
        {
            return null;
        }
    }

    /// <summary>What a probe's committee fetches; null when the probe is over, or its piece is none.</summary>
    public async Task<ProbeFacts?> FindProbeAsync(ulong job, CancellationToken cancellation)
    {
        try
        {
            AbiRecord task = await _retrievals.RecordAsync("getProbe", cancellation, (UInt256)job);
            AbiRecord probe = task.Record("probe");
            return PieceCid.TryDecode(task.Bytes("pieceCid"), out PieceCid piece, out _)
                ? new ProbeFacts(
                    probe.Count("provider"), probe.Count("deal"), probe.Hash("seed"), task.Text("endpoint"), piece,
                    (uint)task.Count("slowMs"))
                : null;
        }
        catch (NodeRefusedException over) when (over.RevertData.Length > 0)
        {
            return null;
        }
    }

    /// <summary>What a device's committee asks of it; null when the job is none of a device that is there.</summary>
    public async Task<DeviceFacts?> FindDeviceAsync(JobFacts job, CancellationToken cancellation)
    {
        try
        {
            AbiRecord asked = await _devices.RecordAsync("getChallenge", cancellation, job.Subject.ToArray());
            if (asked.Count("job") != job.Job) return null;
            Address owner = asked.Address("owner");
            var shape = new GemmShape((int)asked.Count("size"), (int)asked.Count("rounds"));
            return new DeviceFacts(
                job.Job, job.Subject, owner, await FindEndpointAsync(owner, cancellation), asked.Hash("seed"), (int)asked.Count("gpus"),
                asked.Count("referenceGops"), shape);
        }
        catch (NodeRefusedException over) when (over.RevertData.Length > 0)
        {
            return null;
        }
    }

    /// <summary>Whether a TLS key is one that a provider published and that holds now.</summary>
    public async Task<bool> IsPublishedAsync(Address provider, Hash256 key, CancellationToken cancellation)
    {
        AbiRecord word = await _market.RecordAsync("getCert", cancellation, provider, key.ToArray());
        ulong now = (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return !word.Flag("isRevoked") && word.Count("notBefore") <= now && now < word.Count("notAfter");
    }

    private async Task<string?> FindEndpointAsync(Address provider, CancellationToken cancellation)
    {
        try
        {
            return (await _market.RecordAsync("getProvider", cancellation, provider)).Text("uri");
        }
        catch (NodeRefusedException none) when (none.RevertData.Length > 0)
        {
            return null;
        }
    }

    /// <summary>Where a miner serves over HTTP; null when it announced nothing.</summary>
    public async Task<Uri?> FindAxonAsync(UInt256 netuid, Address hotkey, CancellationToken cancellation)
    {
        try
        {
            AbiRecord axon = await _subnets.RecordAsync("axon", cancellation, netuid, hotkey);
            byte[] word = new byte[32];
            axon.Number("ip").WriteBigEndian(word);
            System.Net.IPAddress address = new(word.AsSpan(axon.Count("ipType") == 4 ? 28 : 16));
            return new UriBuilder("http", address.ToString(), (int)axon.Count("port")).Uri;
        }
        catch (NodeRefusedException unknown) when (unknown.RevertData.Length > 0)
        {
            return null;
        }
    }

    /// <summary>Jobs that anything happened to between two blocks, both included.</summary>
    public async Task<IReadOnlyCollection<ulong>> TouchedAsync(ulong from, ulong to, CancellationToken cancellation)
    {
        SortedSet<ulong> touched = [];
        JsonObject filter = new()
        {
            ["address"] = Committees.Address.ToString(),
            ["fromBlock"] = ((UInt256)from).ToHex(),
            ["toBlock"] = ((UInt256)to).ToHex(),
        };
        foreach (JsonNode? log in await Node.CallAsync("eth_getLogs", cancellation, filter) as JsonArray ?? [])
        {
            Hash256[] topics = [.. log!["topics"]!.AsArray().Select(static topic => Hash256.Parse(topic!.GetValue<string>()))];
            if (topics.Length == 0 || Committees.Module.Abi.FindEvent(topics[0]) is not { } declared) continue;
            AbiRecord values = new(declared.Inputs, declared.Decode(topics, Hex.Decode(log["data"]!.GetValue<string>())));
            if (declared.Inputs.Any(static input => string.Equals(input.Name, "job", StringComparison.OrdinalIgnoreCase)))
                touched.Add(values.Count("job"));
        }

        return touched;
    }

    /// <summary>Why a call was refused, with the module's own words.</summary>
    public string Words(NodeRefusedException refused) =>
        refused.RevertData.Length > 0 ? _modules.DecodeRevert(refused.RevertData).Text : refused.Message;

    public void Dispose() => Node.Dispose();
}
