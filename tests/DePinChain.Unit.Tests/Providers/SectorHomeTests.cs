using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;
using DePinChain.Providers.Files;
using DePinChain.Providers.Sealing;
using DePinChain.Unit.Tests.Network;

namespace DePinChain.Unit.Tests.Providers;

/// <summary>Sectors of a provider's home: several pieces in one, out of its replica again, and what was brought back for a while.</summary>
public sealed class SectorHomeTests
{
    private static readonly byte[][] Payloads = [Bytes(1, 500), Bytes(2, 100), Bytes(3, 250)];
    private string _folder = "";
    private AgentHome _agent = null!;
    private SectorHome _home = null!;
    private PieceStore _store = null!;

    [SetUp]
    public void Create()
    {
        _folder = Directory.CreateTempSubdirectory("depin-sectors-").FullName;
        _agent = new AgentHome(Path.Combine(_folder, "agent"));
        _agent.Create(new AgentSettings());
        _agent.Save(new Enrolment(4, 1_337_000, 1));
        _home = new SectorHome(_agent);
        _store = new PieceStore(_agent.PiecesPath, 1UL << 30);
    }

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Pieces_of_several_deals_lie_in_one_sector_as_the_chain_lays_them_out_and_each_comes_out_of_the_replica()
    {
        SectorNote note = await SealAsync();
        PieceCid[] cids = [.. Payloads.Select(static payload => PieceHasher.Of(payload))];
        Assert.That(PieceLayout.TryCommD(note.Shape.NodesLog2, cids, out Hash256 commD, out _), Is.True);
        Assert.That(note.CommD, Is.EqualTo(commD.ToString()), "what the chain computes of the promise");
        byte[][] all = _home.Unseal(note, note.IdentityOf(1_337_000, 4));
        Assert.That(all, Is.EqualTo(Payloads));
        for (int at = 0; at < Payloads.Length; at++)
            Assert.That(_home.Unseal(note, note.IdentityOf(1_337_000, 4), at), Is.EqualTo(Payloads[at]));
    }

    [Test]
    public async Task The_verb_writes_every_piece_of_a_sector_under_its_commitment()
    {
        SectorNote note = await SealAsync();
        using StringWriter said = new();
        string target = Path.Combine(_folder, "out");
        SectorVerbs.Unseal(_agent, note.Sector, target, said);
        foreach (byte[] payload in Payloads)
            Assert.That(File.ReadAllBytes(Path.Combine(target, PieceHasher.Of(payload).ToString())), Is.EqualTo(payload));
        Assert.That(said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(3));
        string nowhere = Path.Combine(_home.ReplicaPath(note.Sector), "folder in a file");
        Assert.Throws<ExitException>(() => SectorVerbs.Unseal(_agent, note.Sector, nowhere, said));
    }

    [Test]
    public async Task A_replica_that_lost_a_byte_gives_nothing_back()
    {
        SectorNote note = await SealAsync();
        byte[] replica = File.ReadAllBytes(_home.ReplicaPath(note.Sector));
        replica[77] ^= 1;
        File.WriteAllBytes(_home.ReplicaPath(note.Sector), replica);
        ExitException damaged = Assert.Throws<ExitException>(() => _home.Unseal(note, note.IdentityOf(1_337_000, 4)))!;
        Assert.That(damaged.Message, Does.Contain("damaged"));
    }

    [Test]
    public async Task What_was_brought_back_is_served_for_an_hour_after_the_last_request_and_longer_when_a_hot_deal_wants_it()
    {
        await SealAsync();
        ManualTime clock = new();
        HashSet<PieceCid> hot = [PieceHasher.Of(Payloads[2])];
        using UnsealDesk desk = Desk(clock, hot);
        PieceCid first = PieceHasher.Of(Payloads[0]), third = PieceHasher.Of(Payloads[2]);
        Assert.That(await BringAsync(desk, first), Is.True);
        Assert.That(await BringAsync(desk, third), Is.True);
        Assert.That(await desk.BringAsync(PieceHasher.Of(Bytes(9, 64)), default), Is.False, "no replica has it");
        (byte[] chunk, _) = await _store.ReadChunkAsync(first, 0, default);
        Assert.That(chunk, Is.EqualTo(Payloads[0]));
        clock.Advance(UnsealDesk.KeptFor - TimeSpan.FromMinutes(1));
        desk.Touch(first);
        clock.Advance(TimeSpan.FromMinutes(2));
        desk.Tidy();
        Assert.That(_store.Has(first), Is.True, "somebody asked a minute ago");
        clock.Advance(UnsealDesk.KeptFor);
        desk.Tidy();
        Assert.That((_store.Has(first), _store.Has(third)), Is.EqualTo((false, true)));
        Assert.That(await BringAsync(desk, first), Is.True, "the replica has it still");
    }

    [Test]
    public async Task What_a_restart_finds_is_kept_for_an_hour_too()
    {
        await SealAsync();
        ManualTime clock = new();
        using (UnsealDesk before = Desk(clock, [])) await BringAsync(before, PieceHasher.Of(Payloads[1]));
        using UnsealDesk desk = Desk(clock, []);
        desk.Recall();
        desk.Tidy();
        Assert.That(_store.Has(PieceHasher.Of(Payloads[1])), Is.True);
        clock.Advance(UnsealDesk.KeptFor);
        desk.Tidy();
        Assert.That(_store.Has(PieceHasher.Of(Payloads[1])), Is.False);
    }

    [Test]
    public void Blobs_of_windows_are_kept_until_they_are_opened()
    {
        Assert.That(_home.Windows(), Is.Empty);
        _home.SaveWindow((3 << 16) | 1, 12, [1, 2]);
        _home.SaveWindow(7, 5, [3]);
        File.WriteAllText(Path.Combine(_agent.Path, "windows", "note.next"), "half written");
        Assert.That(new SectorHome(_agent).Windows(), Is.EqualTo(new[] { (7u, 5UL), ((3u << 16) | 1, 12UL) }));
        Assert.That(_home.ReadWindow((3 << 16) | 1, 12), Is.EqualTo(new byte[] { 1, 2 }));
        _home.ForgetWindow(7, 5);
        Assert.That(_home.Windows(), Has.Count.EqualTo(1));
    }

    // A machine that stalls makes the desk say "ask again", as it would to a client.
    private static async Task<bool> BringAsync(UnsealDesk desk, PieceCid piece)
    {
        for (int attempt = 0; attempt < 24; attempt++)
        {
            try
            {
                return await desk.BringAsync(piece, default);
            }
            catch (UploadRefusedException later) when (later.Refusal.Error == "Unsealing")
            {
                // It goes on beside.
            }
        }

        return false;
    }

    private UnsealDesk Desk(TimeProvider clock, HashSet<PieceCid> hot) =>
        new(_home, _store, (1_337_000, 4), () => hot, clock, new ProgramLog(TextWriter.Null, json: false));

    // As the agent does it: planned out of the store, sealed, the plain pieces deleted.
    private async Task<SectorNote> SealAsync()
    {
        List<(SectorPiece Piece, string File)> pieces = [];
        foreach ((byte[] payload, int at) in Payloads.Select(static (payload, at) => (payload, at)))
        {
            PieceCid cid = PieceHasher.Of(payload);
            await _store.ReceiveAsync(cid, 0, new MemoryStream(payload), default);
            pieces.Add((new SectorPiece(cid.ToString(), $"deal {at + 1}") { Deal = (ulong)at + 1, End = 900 }, _store.FileOf(cid)));
        }

        SectorNote note = _home.Plan(SectorKind.TwoKiB, pieces);
        byte[] padded = await File.ReadAllBytesAsync(_home.DataPath(note.Sector));
        note = note with
        {
            Ticket = new Hash256(Bytes(8, 32)).ToString(),
            CommD = SealedReplica.CommDOf(padded).ToString(),
            Step = SectorStep.Sealed,
        };
        SealedReplica made = SealedReplica.Seal(note.Shape, note.IdentityOf(1_337_000, 4), padded);
        AgentHome.Replace(_home.ReplicaPath(note.Sector), made.Replica);
        note = note with { CommR = made.CommR.ToString(), CommC = made.CommC.ToString() };
        _home.Save(note);
        _home.ForgetData(note.Sector);
        foreach (SectorPiece piece in note.Pieces) _store.Delete(piece.Read());
        return note;
    }

    private static byte[] Bytes(int seed, int size)
    {
        byte[] bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
