using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Database;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Modules.Tests.Interop;

/// <summary>
/// Another network: a state with one account and one module's record, and headers over it that its four validators seal, twelve seconds
/// apart. Its chain id is 4242.
/// </summary>
internal sealed class OtherNetwork : IDisposable
{
    public const ulong ChainId = 4_242;
    public const ulong Genesis = 1_700_000_000;

    public static readonly Address Rich = Address.FromLow(0x41c8);
    public static readonly Address Module = Address.FromLow(0x1100);
    public static readonly Hash256 Location = Keccak256.Hash("deal 1"u8);
    public static readonly byte[] Record = [1, 2, 3, 4, 5];

    private readonly MemoryDatabase _database = new();
    private readonly StateTree _state;

    public OtherNetwork()
    {
        _state = StateTree.Open(_database);
        using StateSnapshot empty = _state.Latest();
        var overlay = new StateOverlay(empty);
        overlay.SetBalance(Rich, Amount.FromDpn(7).ToUInt256());
        overlay.SetRecord(Module, Location, Record);
        Commit(overlay, 0);
    }

    public Hash256 Root { get; private set; }

    public AccountProof Prove(Address account, params Hash256[] locations) => _state.Prove(account, locations, _state.Height)!;

    /// <summary>Writes what a module of this network has never written by itself: what a dishonest one may say.</summary>
    public void Claim(Address module, Hash256 location, byte[]? record)
    {
        using StateSnapshot last = _state.Latest();
        var overlay = new StateOverlay(last);
        overlay.SetRecord(module, location, record);
        Commit(overlay, _state.Height + 1);
    }

    public static ulong TimeOf(ulong height) => Genesis + (12 * height);

    /// <summary>A header that the first three of four validators of a generation sealed.</summary>
    /// <param name="height">Its height.</param>
    /// <param name="generation">Whose set decided it.</param>
    /// <param name="next">Whose set decides the next height.</param>
    /// <param name="signers">How many sealed it.</param>
    /// <param name="text">Extra data: another makes another block.</param>
    /// <param name="parent">Hash of the block before.</param>
    public LightBlock At(ulong height, int generation = 0, int? next = null, int signers = 3, string text = "", Hash256? parent = null)
    {
        ValidatorSet set = SetOf(generation);
        var preimage = new ConsensusPreimage(
            set.Hash, SetOf(next ?? generation).Hash, Hash256.Zero, Hash256.Zero, Hash256.Zero, Hash256.Zero, 0);
        var header = new BlockHeader
        {
            ParentHash = parent ?? Keccak256.Hash("parent"u8),
            Miner = set[0].Address,
            StateRoot = Root,
            TransactionsRoot = MerkleTrie.EmptyRoot,
            ReceiptsRoot = MerkleTrie.EmptyRoot,
            LogsBloom = new Bloom(new byte[Bloom.Size]),
            Number = height,
            GasLimit = 60_000_000,
            GasUsed = 0,
            Timestamp = TimeOf(height),
            ExtraData = System.Text.Encoding.ASCII.GetBytes(text),
            MixHash = Hash256.Zero,
            BaseFeePerGas = 1_000_000_000UL,
            ConsensusRoot = preimage.Root,
        };
        Hash256 digest = ConsensusSignBytes.OfVote(ChainId, VoteKind.Precommit, height, 0, -1, header.Hash);
        byte bitmap = 0;
        List<Signature> seals = [];
        for (int i = 0; i < signers; i++)
        {
            bitmap |= (byte)(1 << i);
            Address address = set[i].Address;
            seals.Add(Enumerable.Range(0, 4).Select(n => KeyOf(generation, n)).First(key => key.Address == address).Sign(digest));
        }

        return new LightBlock(header, preimage, set, new CommitCertificate(height, 0, header.Hash, [bitmap], seals));
    }

    public void Dispose()
    {
        _state.Dispose();
        _database.Dispose();
    }

    private void Commit(StateOverlay overlay, ulong height)
    {
        StateDelta delta = _state.Seal(overlay);
        using (IWriteBatch batch = _database.CreateBatch())
        {
            _state.Write(batch, delta, height);
            _database.Write(batch, sync: false);
        }

        _state.Advance(delta, height);
        Root = delta.Root;
    }

    private static ValidatorSet SetOf(int generation) =>
        new(Enumerable.Range(0, 4).Select(n => new Validator(KeyOf(generation, n).Address, 10)));

    private static PrivateKey KeyOf(int generation, int number) => new Person($"validator {generation}.{number}").Key;
}
