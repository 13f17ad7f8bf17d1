using DePinChain.Blocks;
using DePinChain.LightClient;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Interop;

/// <summary>
/// Believes headers of other DePinChain networks by their validators' seals, and proves what lies in their state: a balance, a deal, a
/// credential, a provider's record.
/// </summary>
[Module("lightClients", "0x0000000000000000000000000000000000001009")]
public sealed partial class LightClientsModule(ModuleState state, Logs logs) : IModule, IGoverned, IInvariants
{
    // First four bytes of keccak256 of recoverClient(uint64,bytes).
    private const uint RecoverSelector = 0x9a7c3561;

    [Slot(0)] private partial Sequence Ids { get; }
    [Slot(1)] private partial Map<ulong, ClientRecord> Clients { get; }
    [Slot(2)] private partial BlobMap<ulong, TrustedRecord> Trusted { get; }
    [Slot(3)] private partial Map<(ulong Client, ulong Height), ConsensusRecord> Believed { get; }

    /// <summary>
    /// Makes a light client of another network that begins with a header the caller answers for. Who uses it looks that up.
    /// </summary>
    /// <param name="call">Anybody.</param>
    /// <param name="chainId">The other network's.</param>
    /// <param name="trustingSeconds">A minute to two thirds of the network's unbonding.</param>
    /// <param name="lightBlock">RLP [header, preimage, validators, commit], as <c>depin_getLightBlock</c> gives its parts.</param>
    /// <returns>Its number.</returns>
    [Function]
    public ulong CreateClient(
        Call call, ulong chainId, ulong trustingSeconds, [Limit(LightClientsPolicy.LightBlockBytesMax)] byte[] lightBlock)
    {
        Require(chainId != call.Block.ChainId, new OwnChain(chainId));
        bool isBounded = trustingSeconds is >= LightClientsPolicy.TrustingSecondsMin and <= LightClientsPolicy.TrustingSecondsMax;
        Require(
            isBounded,
            new InvalidTrustingPeriod(trustingSeconds, LightClientsPolicy.TrustingSecondsMin, LightClientsPolicy.TrustingSecondsMax));
        LightBlock block = Sound(call, chainId, trustingSeconds, lightBlock);
        ulong id = Ids.Next();
        Clients[id] = new ClientRecord(call.Sender, chainId, trustingSeconds, block.Height, block.Timestamp, FrozenAt: 0);
        Believe(id, block, lightBlock);
        logs.Emit(new ClientCreated(id, call.Sender, chainId, block.Height, block.Hash));
        return id;
    }

    /// <summary>Believes a later header that the last one vouches for.</summary>
    /// <param name="call">Anybody: a relayer.</param>
    /// <param name="client">Which light client.</param>
    /// <param name="lightBlock">RLP [header, preimage, validators, commit].</param>
    [Function]
    public void UpdateClient(Call call, ulong client, [Limit(LightClientsPolicy.LightBlockBytesMax)] byte[] lightBlock)
    {
        ClientRecord record = Alive(client);
        LightBlock later = Decoded(call, lightBlock);
        LightVerdict verdict = HeaderRules.Judge(RulesOf(record), TrustedOf(client), later, call.Block.Timestamp);
        Require(verdict.IsTrusted, new HeaderRefused(verdict.Why ?? string.Empty));
        Clients[client] = record with { Height = later.Height, Timestamp = later.Timestamp };
        Believe(client, later, lightBlock);
        logs.Emit(new ClientUpdated(client, later.Height, later.Hash, later.Header.StateRoot));
    }

    /// <summary>Freezes a light client by two certified headers of one height of a set that it trusts.</summary>
    /// <param name="call">Anybody.</param>
    /// <param name="client">Which light client.</param>
    /// <param name="attack">RLP [first, second], each a light block, the one with the lower hash first.</param>
    [Function]
    public void SubmitMisbehaviour(Call call, ulong client, [Limit(2 * LightClientsPolicy.LightBlockBytesMax)] byte[] attack)
    {
        ClientRecord record = Alive(client);
        bool isRead = LightClientAttack.TryDecode(attack, out LightClientAttack? shown, out string? fault);
        Require(isRead, new NoMisbehaviour(fault ?? string.Empty));
        ConsensusPreimage trusted = TrustedOf(client).Preimage;
        foreach (LightBlock block in new[] { shown!.First, shown.Second })
        {
            bool isOurs = block.Preimage.ValidatorsHash == trusted.ValidatorsHash
                || block.Preimage.ValidatorsHash == trusted.NextValidatorsHash;
            Require(isOurs, new NoMisbehaviour("the light client does not trust that set"));
            bool isTimely = !RulesOf(record).IsExpired(block.Timestamp, call.Block.Timestamp);
            Require(isTimely, new NotTimely(block.Timestamp, call.Block.Timestamp));
        }

        Charge(call, attack.Length, SealsOf(shown.First) + SealsOf(shown.Second));
        bool isProven = shown.TryVerify(record.ChainId, out string? why);
        Require(isProven, new NoMisbehaviour(why ?? string.Empty));
        Clients[client] = record with { FrozenAt = call.Block.Number };
        logs.Emit(new ClientFrozen(client, shown.Height, shown.First.Hash, shown.Second.Hash));
    }

    /// <summary>Lets a frozen light client believe again, from a header that governance answers for.</summary>
    /// <param name="call">Governance, by an order.</param>
    /// <param name="client">Which light client.</param>
    /// <param name="lightBlock">RLP [header, preimage, validators, commit].</param>
    [Function]
    public void RecoverClient(Call call, ulong client, [Limit(LightClientsPolicy.LightBlockBytesMax)] byte[] lightBlock)
    {
        Require(call.Sender == WellKnownAddresses.Governance, new NotGovernance(call.Sender));
        ClientRecord record = Get(client);
        Require(record.FrozenAt != 0, new ClientIsNotFrozen(client));
        LightBlock block = Sound(call, record.ChainId, record.TrustingSeconds, lightBlock);
        Clients[client] = record with { Height = block.Height, Timestamp = block.Timestamp, FrozenAt = 0 };
        Believe(client, block, lightBlock);
        logs.Emit(new ClientRecovered(client, block.Height, block.Hash));
    }

    /// <summary>A light client.</summary>
    /// <param name="client">Its number.</param>
    [Function]
    public ClientRecord Client(ulong client) => Get(client);

    /// <summary>How many light clients there ever were; they are numbered from 1.</summary>
    [Function]
    public ulong ClientCount() => Ids.Last;

    /// <summary>The state root and time of a believed header.</summary>
    /// <param name="client">Which light client.</param>
    /// <param name="height">Of the header.</param>
    [Function]
    public ConsensusRecord ConsensusAt(ulong client, ulong height)
    {
        bool isBelieved = Believed.TryGet((client, height), out ConsensusRecord believed);
        Require(isBelieved, new UnknownHeight(client, height));
        return believed;
    }

    /// <summary>What an account of the other network owned at the end of a believed block.</summary>
    /// <param name="client">Which light client.</param>
    /// <param name="height">Of the header.</param>
    /// <param name="account">Whose.</param>
    /// <param name="proof">accountProof of eth_getProof.</param>
    /// <returns>Whether the account was used; its nonce and balance.</returns>
    [Function]
    public (bool Exists, ulong Nonce, UInt256 Balance) ProveAccount(
        ulong client, ulong height, Address account, [Limit(LightClientsPolicy.ProofNodesMax)] IReadOnlyList<byte[]> proof)
    {
        ProvenAccount proven = AccountAt(client, height, account, proof);
        return (proven.Exists, proven.Nonce, proven.Balance);
    }

    /// <summary>A module's record on the other network at the end of a believed block; proven absence is an empty record.</summary>
    /// <param name="client">Which light client.</param>
    /// <param name="height">Of the header.</param>
    /// <param name="module">The module's account there.</param>
    /// <param name="location">The storage key.</param>
    /// <param name="accountProof">Of eth_getProof.</param>
    /// <param name="recordProof">The proof of the one key.</param>
    [Function]
    public (bool Exists, byte[] Value) ProveRecord(
        ulong client,
        ulong height,
        Address module,
        Hash256 location,
        [Limit(LightClientsPolicy.ProofNodesMax)] IReadOnlyList<byte[]> accountProof,
        [Limit(LightClientsPolicy.ProofNodesMax)] IReadOnlyList<byte[]> recordProof)
    {
        ProvenAccount account = AccountAt(client, height, module, accountProof);
        bool isProven = account.TryProveRecord(location, recordProof, out byte[]? record);
        Require(isProven, new InvalidProof());
        return (record is not null, record ?? []);
    }

    /// <inheritdoc/>
    public bool TakesOrder(uint selector) => selector == RecoverSelector;

    /// <inheritdoc/>
    public IEnumerable<string> Violations()
    {
        for (ulong client = 1; client <= Ids.Last; client++)
            foreach (string violation in LightClientsInvariants.Violations(client, Get(client), TrustedOf(client))) yield return violation;
    }

    private static TrustRules RulesOf(in ClientRecord record) => new(record.ChainId) { TrustingSeconds = record.TrustingSeconds };

    private static void Charge(Call call, int bytes, int seals) => call.Meter.Charge(
        (LightClientsPolicy.GasPerByte * (ulong)bytes) + (LightClientsPolicy.GasPerSeal * (ulong)seals));

    // A certificate has a seal for each bit, or it is refused before the first is looked at.
    private static int SealsOf(LightBlock block)
    {
        int seals = 0;
        foreach (byte bits in block.Commit.Bitmap) seals += byte.PopCount(bits);
        return seals;
    }

    // Paid for before a single seal is looked at.
    private static LightBlock Decoded(Call call, byte[] lightBlock)
    {
        bool isRead = LightBlock.TryDecode(lightBlock, out LightBlock? block, out string? why);
        Require(isRead, new InvalidLightBlock(why ?? string.Empty));
        Charge(call, lightBlock.Length, SealsOf(block!));
        return block!;
    }

    // A header nobody vouches for but who brings it: its own set sealed it, and it is neither old nor from the future.
    private static LightBlock Sound(Call call, ulong chainId, ulong trustingSeconds, byte[] lightBlock)
    {
        LightBlock block = Decoded(call, lightBlock);
        var rules = new TrustRules(chainId) { TrustingSeconds = trustingSeconds };
        ulong now = call.Block.Timestamp;
        bool isTimely = !rules.IsExpired(block.Timestamp, now) && block.Timestamp < now + rules.DriftSeconds;
        Require(isTimely, new NotTimely(block.Timestamp, now));
        string? fault = block.Fault(chainId);
        Require(fault is null, new InvalidLightBlock(fault ?? string.Empty));
        return block;
    }

    private void Believe(ulong client, LightBlock block, byte[] encoded)
    {
        Trusted[client] = new TrustedRecord(encoded);
        Believed[(client, block.Height)] = new ConsensusRecord(block.Header.StateRoot, block.Timestamp);
    }

    private LightBlock TrustedOf(ulong client)
    {
        bool isRead = LightBlock.TryDecode(Trusted[client].LightBlock, out LightBlock? block, out _);
        Invariant.Assert(isRead, "what was believed could be read");
        return block!;
    }

    /// <summary>Refuses a light client that is frozen.</summary>
    internal void RequireAlive(ulong client) => Alive(client);

    /// <summary>An account of the other network, proven under a believed header.</summary>
    internal ProvenAccount AccountAt(ulong client, ulong height, Address account, IReadOnlyList<byte[]> proof)
    {
        Alive(client);
        ConsensusRecord believed = ConsensusAt(client, height);
        bool isProven = ProvenAccount.TryProve(believed.StateRoot, account, proof, out ProvenAccount? proven);
        Require(isProven, new InvalidProof());
        return proven!;
    }

    private ClientRecord Alive(ulong client)
    {
        ClientRecord record = Get(client);
        Require(record.FrozenAt == 0, new ClientIsFrozen(client, record.FrozenAt));
        return record;
    }

    private ClientRecord Get(ulong client)
    {
        bool isKnown = Clients.TryGet(client, out ClientRecord record);
        Require(isKnown, new UnknownClient(client));
        return record;
    }
}
