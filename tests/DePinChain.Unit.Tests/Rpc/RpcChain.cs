using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Database;
using DePinChain.Execution;
using DePinChain.Ledger;
using DePinChain.Mempool;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Rpc;
using DePinChain.State;
using DePinChain.Unit.Tests.Blocks;
using DePinChain.Unit.Tests.Execution;
using Microsoft.Extensions.Logging.Abstractions;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>A chain in memory behind the real server: genesis, blocks decided one by one, and requests over a real port.</summary>
internal sealed class RpcChain : IAsyncDisposable
{
    public const ulong ChainId = 1_337_000;
    public const ulong Gwei = 1_000_000_000;

    private readonly MemoryDatabase _store = new();
    private readonly StateTree _tree;
    private readonly HttpClient _client = new();
    private StateSnapshot _poolState;
    private ConsensusView _view;
    private CommitCertificate? _lastCommit;

    private RpcChain(RpcOptions options, StateOptions stateOptions, bool hasSystemLogs, INodeBlobs? blobs)
    {
        GenesisDocument genesis = Document();
        Action<ProbeModule, BlockContext>? step = hasSystemLogs ? LogOnce : null;
        var modules = new ModuleSet(
            [FixedValidators.Described, ProbeModule.Describe(ProbeModule.First), SupplyModule.Described],
            scope => [new FixedValidators(), new ProbeModule(ProbeModule.First, scope, step), new SupplyModule()]);
        Executor = new BlockExecutor(ChainRules.Of(genesis), modules);
        Archive = new BlockArchive(_store);
        _tree = StateTree.Open(_store, stateOptions);
        using (StateSnapshot empty = _tree.Latest())
        {
            GenesisBlock first = GenesisBuilder.Build(genesis, modules, empty, _tree.Seal);
            Head = first.Block.Header;
            _view = first.Next;
            Commit(first.Block, [], first.Delta, seen: null);
        }

        _poolState = _tree.Latest();
        Pool = new TransactionPool(AdmissionRules.For(genesis), PoolHead());
        var chain = new ChainView(Archive, Feed, _tree, Pool, Executor);
        var services = new RpcServices(chain, genesis, Status, Control, Keep) { Blobs = blobs };
        Server = new JsonRpcServer(services, options with { Port = 0 }, NullLoggerFactory.Instance);
    }

    public BlockArchive Archive { get; }

    public HeadFeed Feed { get; } = new();

    public TransactionPool Pool { get; }

    public BlockExecutor Executor { get; }

    public BlockHeader Head { get; private set; }

    public FakeNode Status { get; } = new();

    public FakeNode Control => Status;

    public List<Transaction> Journalled { get; } = [];

    /// <summary>Why nothing can be journalled; null on a machine in good health.</summary>
    public Rejection? DiskTrouble { get; set; }

    public JsonRpcServer Server { get; }

    public static PrivateKey Alice => Keys.Number(1);

    public static PrivateKey Bob => Keys.Number(2);

    public static async Task<RpcChain> StartAsync(
        RpcOptions? options = null, StateOptions? stateOptions = null, bool hasSystemLogs = false, INodeBlobs? blobs = null)
    {
        var chain = new RpcChain(options ?? new RpcOptions(), stateOptions ?? new StateOptions(), hasSystemLogs, blobs);
        await chain.Server.StartAsync(CancellationToken.None);
        return chain;
    }

    public static Transaction Sign(PrivateKey key, ulong nonce, Func<UnsignedTransaction, UnsignedTransaction>? change = null)
    {
        var fields = new UnsignedTransaction
        {
            ChainId = ChainId,
            Nonce = nonce,
            MaxFeePerGas = 10 * Gwei,
            MaxPriorityFeePerGas = 2 * Gwei,
            GasLimit = 21_000,
            To = Bob.Address,
            Value = 1,
        };
        return TransactionCodec.Sign(change is null ? fields : change(fields), key);
    }

    /// <summary>A call of the probe module by Alice.</summary>
    public static Transaction Probe(ulong nonce, Probe function, params UInt256[] words) =>
        Sign(Alice, nonce, f => f with
        {
            To = ProbeModule.First,
            Data = ProbeModule.Calls(function, words),
            Value = 0,
            GasLimit = 300_000,
        });

    /// <summary>Decides the next block with these transactions and whatever the pool holds.</summary>
    public Block Produce(params IEnumerable<Transaction> transactions)
    {
        IEnumerable<SignedTransaction> candidates =
        [
            .. transactions.Select(transaction => new SignedTransaction(transaction, SenderOf(transaction))),
            .. Pool.Best(FeeMarket.NextBaseFee(Head, Executor.Rules.MinBaseFeePerGas)),
        ];
        using StateSnapshot state = _tree.Latest();
        BlockVerdict verdict = Executor.Build(Head, Inputs(), candidates, state, _tree.Seal);
        Assert.That(verdict.IsValid, Is.True, verdict.Rejection?.ToString());
        ExecutedBlock executed = verdict.Executed!;
        CommitCertificate certificate = Certify(executed.Block.Header);
        Commit(executed.Block, executed.Receipts, executed.Delta, certificate);
        Head = executed.Block.Header;
        _view = executed.Next;
        _lastCommit = certificate;
        StateSnapshot before = _poolState;
        _poolState = _tree.Latest();
        Pool.OnCommitted(PoolHead(), executed.Senders);
        before.Dispose();
        Feed.Publish(new CommittedBlock(executed.Block, executed.Receipts, executed.Senders, certificate));
        return executed.Block;
    }

    public async Task<string> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _client.PostAsync(Server.Address, content);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>The result of a call; an error fails the test.</summary>
    public async Task<JsonElement> CallAsync(string method, string parameters = "[]")
    {
        JsonElement answer = JsonDocument.Parse(await PostAsync(BareServer.Request(method, parameters))).RootElement;
        Assert.That(answer.TryGetProperty("result", out JsonElement result), Is.True, $"{method}: {answer}");
        return result;
    }

    /// <summary>The error of a call; a result fails the test.</summary>
    public async Task<(int Code, string Message, JsonElement Error)> FailAsync(string method, string parameters = "[]")
    {
        JsonElement answer = JsonDocument.Parse(await PostAsync(BareServer.Request(method, parameters))).RootElement;
        Assert.That(answer.TryGetProperty("error", out JsonElement error), Is.True, $"{method}: {answer}");
        return (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()!, error);
    }

    public async Task<string?> TextAsync(string method, string parameters = "[]") => (await CallAsync(method, parameters)).GetString();

    public async Task<ClientWebSocket> ConnectAsync()
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(Server.Address) { Scheme = "ws" }.Uri, CancellationToken.None);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await Server.StopAsync(limit.Token);
        await Server.DisposeAsync();
        _poolState.Dispose();
        _tree.Dispose();
        _store.Dispose();
    }

    /// <summary>Work at the start of a block that leaves a log, so that the block has a system transaction.</summary>
    private static void LogOnce(ProbeModule probe, BlockContext block) =>
        probe.Scope.LogsOf(ProbeModule.First).Emit(new NativeTransfer(ProbeModule.First, ProbeModule.First, Amount.Zero, default));

    private static Address SenderOf(Transaction transaction)
    {
        Assert.That(SenderRecovery.TryRecover(transaction, out Address sender), Is.True);
        return sender;
    }

    private static CommitCertificate Certify(BlockHeader header)
    {
        Hash256 digest = ConsensusSignBytes.OfVote(ChainId, VoteKind.Precommit, header.Number, 0, -1, header.Hash);
        Vote?[] votes =
        [
            .. FixedValidators.SigningKeys.Select(key => new Vote(VoteKind.Precommit, header.Number, 0, -1, header.Hash, key.Sign(digest))),
        ];
        return CommitCertificate.Assemble(header.Number, 0, header.Hash, votes);
    }

    private static GenesisDocument Document()
    {
        List<GenesisAccount> accounts =
            [.. Enumerable.Range(1, 9).Select(i => new GenesisAccount(Keys.Number(i).Address, Amount.FromDpn(1_000)))];
        return new GenesisDocument
        {
            Name = "rpc test",
            ChainId = ChainId,
            Development = true,
            Timestamp = 1_700_000_000,
            GasLimit = 60_000_000,
            GasLimitTarget = 60_000_000,
            MinBlockSeconds = 12,
            MinBaseFeePerGas = Gwei,
            InitialBaseFeePerGas = Gwei,
            BlockTimeMs = 12_000,
            Timeouts = new GenesisTimeouts(2_000, 500, 500, 250, 2_000, 60_000, 1_500, 4_000),
            TotalSupply = Amount.FromDpn(9_000),
            Accounts = accounts,
            Validators = [.. Enumerable.Range(0, FixedValidators.Count).Select(i => Founder(accounts[i].Address, i))],
        };
    }

    private static GenesisValidator Founder(Address owner, int index)
    {
        PrivateKey vrf = FixedValidators.VrfKeys[index];
        return new GenesisValidator(
            owner,
            $"validator {index}",
            FixedValidators.SigningKeys[index].PublicKeyCompressed,
            vrf.PublicKeyCompressed,
            vrf.Sign(ProofOfPossession.Digest(ChainId, owner)).ToArray(),
            Amount.FromDpn(10),
            Commission: 0);
    }

    private ProposalInputs Inputs()
    {
        Address miner = _view.ProposerAt(0);
        PrivateKey vrf = FixedValidators.VrfKeys[_view.Validators.IndexOf(miner)];
        return new ProposalInputs
        {
            Miner = miner,
            Timestamp = Head.Timestamp + 12,
            LastCommit = _lastCommit,
            VrfProof = Beacon.Prove(vrf, ChainId, Head.Number + 1, Head.MixHash),
        };
    }

    private PoolHead PoolHead() =>
        new(Head.Number, FeeMarket.NextBaseFee(Head, Executor.Rules.MinBaseFeePerGas), Head.GasLimit, _poolState);

    private void Commit(Block block, IReadOnlyList<Receipt> receipts, StateDelta delta, CommitCertificate? seen)
    {
        using IWriteBatch batch = _store.CreateBatch();
        Archive.Append(batch, block, receipts, seen);
        _tree.Write(batch, delta, block.Number);
        _store.Write(batch, sync: false);
        _tree.Advance(delta, block.Number);
    }

    /// <summary>A view that returns a tuple, under the name that depin_getSupply asks for.</summary>
    private sealed class SupplyModule : IModule
    {
        private const string Abi =
            """
            [{"type":"function","name":"supply","stateMutability":"view","inputs":[],"outputs":[{"name":"","type":"tuple",
              "components":[{"name":"total","type":"uint256"},{"name":"holder","type":"address"},{"name":"parts","type":"uint64[]"}]}]}]
            """;

        public static readonly ModuleDescriptor Described = new("emission", WellKnownAddresses.Emission, Abi, "{}", "{}");

        public Address Address => WellKnownAddresses.Emission;

        public ModuleDescriptor Descriptor => Described;

        public byte[] Dispatch(Call call, ReadOnlySpan<byte> calldata)
        {
            AbiFunction supply = AbiJson.Parse(Abi).FindFunction("supply")!; // declared above
            object?[] report = [(UInt256)9_000, Alice.Address, new object?[] { (UInt256)1, (UInt256)2 }];
            return AbiCodec.Encode([supply.Outputs[0].Type], [report]);
        }
    }

    private Rejection? Keep(Transaction transaction)
    {
        if (DiskTrouble is null) Journalled.Add(transaction);
        return DiskTrouble;
    }
}
