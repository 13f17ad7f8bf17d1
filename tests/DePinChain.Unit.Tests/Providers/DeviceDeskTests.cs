using DePinChain.Primitives;
using DePinChain.Proofs.Devices;
using DePinChain.Providers.Containers;

namespace DePinChain.Unit.Tests.Providers;

/// <summary>How a provider gives its machine to members of committees: one at a time, and for no longer than it is used.</summary>
public sealed class DeviceDeskTests
{
    private static readonly GemmShape Shape = new(16, 8);
    private static readonly Address Member = Address.FromLow(1), Other = Address.FromLow(2);
    private static readonly Hash256 Drawn = Keccak256.Hash("drawn"u8), Nonce = Keccak256.Hash("nonce"u8);

    [Test]
    public async Task A_members_work_has_the_root_of_each_gpus_chain_and_shows_the_rounds_that_its_secret_draws()
    {
        var desk = new DeviceDesk(static _ => new ProcessorRounds());
        DeviceSitting sitting = desk.Find(desk.Open(7, Member, Shape, 2, Drawn));
        byte[] roots = await sitting.WorkAsync(Nonce, default);
        Hash256 secret = Keccak256.Hash("secret"u8);
        byte[] shown = await sitting.ShowAsync(secret, withProducts: true, default);
        int size = DeviceSession.SizeOf(Shape, true);
        Assert.That(shown, Has.Length.EqualTo(2 * GemmChain.ShownRounds * size));
        for (int lane = 0; lane < 2; lane++)
        {
            Hash256 seed = DeviceSession.SeedOf(Drawn, Member, Nonce, (uint)lane);
            var root = new Hash256(roots.AsSpan(lane * 32, 32));
            Assert.That(root, Is.EqualTo(GemmChain.Run(Shape, seed).Root));
            int[] drawn = GemmChain.Drawn(Shape, root, secret);
            for (int at = 0; at < drawn.Length; at++)
            {
                RoundOpening opening = DeviceSession.Decode(
                    Shape, true, shown.AsSpan(((lane * GemmChain.ShownRounds) + at) * size, size));
                Assert.That(opening.Round, Is.EqualTo(drawn[at]));
                Assert.That(
                    GemmChain.Check(Shape, seed, root, opening, Shape.FixedMatrix(seed), Nonce), Is.EqualTo(RoundVerdict.Right));
            }
        }
    }

    [Test]
    public async Task A_measuring_works_once_and_shows_nothing_before()
    {
        var desk = new DeviceDesk(static _ => new ProcessorRounds());
        DeviceSitting sitting = desk.Find(desk.Open(7, Member, Shape, 1, Drawn));
        Assert.That(await RefusedAsync(() => sitting.ShowAsync(Nonce, true, default)), Is.EqualTo("NothingWorked"));
        await sitting.WorkAsync(Nonce, default);
        Assert.That(await RefusedAsync(() => sitting.WorkAsync(Drawn, default)), Is.EqualTo("WorkedAlready"));
    }

    [Test]
    public void The_machine_is_one_members_until_it_gives_it_back()
    {
        int prepared = 0;
        var desk = new DeviceDesk(static _ => new ProcessorRounds()) { Prepare = () => prepared++ };
        string session = desk.Open(7, Member, Shape, 1, Drawn);
        Assert.That(Refused(() => desk.Open(7, Other, Shape, 1, Drawn)), Is.EqualTo("DeviceBusy"));
        Assert.That(Refused(() => desk.Find("another")), Is.EqualTo("UnknownSession"));
        desk.Close(session);
        Assert.That(Refused(() => desk.Find(session)), Is.EqualTo("UnknownSession"));
        Assert.That(desk.Open(7, Other, Shape, 1, Drawn), Is.Not.EqualTo(session));
        Assert.That(prepared, Is.EqualTo(3), "before each asking");
    }

    [Test]
    public void A_member_has_the_machine_eight_times_in_a_job()
    {
        var desk = new DeviceDesk(static _ => new ProcessorRounds());
        for (int attempt = 0; attempt < 8; attempt++) desk.Close(desk.Open(7, Member, Shape, 1, Drawn));
        Assert.That(Refused(() => desk.Open(7, Member, Shape, 1, Drawn)), Is.EqualTo("TooManyAttempts"));
        desk.Close(desk.Open(7, Other, Shape, 1, Drawn));
        desk.Close(desk.Open(8, Member, Shape, 1, Drawn));
    }

    [Test]
    public async Task Work_breaks_off_when_its_member_goes_and_a_second_request_does_not_run_beside_it()
    {
        using var reached = new SemaphoreSlim(0);
        using var going = new SemaphoreSlim(0);
        var desk = new DeviceDesk(_ => new ProcessorRounds((left, right) =>
        {
            reached.Release();
            going.Wait();
            return Shape.Product(left, right);
        }));
        string session = desk.Open(7, Member, Shape, 1, Drawn);
        DeviceSitting sitting = desk.Find(session);
        Task<byte[]> working = sitting.WorkAsync(Nonce, default);
        await reached.WaitAsync();
        Assert.That(await RefusedAsync(() => sitting.WorkAsync(Nonce, default)), Is.EqualTo("WorkingNow"));
        desk.Close(session);
        going.Release(100);
        Assert.That(async () => await working, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void What_was_brought_goes_back_as_it_came()
    {
        var desk = new DeviceDesk(static _ => new ProcessorRounds());
        DeviceSitting sitting = desk.Find(desk.Open(7, Member, Shape, 1, Drawn));
        byte[] bytes = [1, 2, 3];
        Assert.That(sitting.Take(bytes), Is.EqualTo(System.Security.Cryptography.SHA256.HashData(bytes)));
        Assert.That(sitting.Brought(), Is.EqualTo(bytes));
    }

    private static async Task<string> RefusedAsync(Func<Task> action) =>
        (await Assert.ThrowsAsync<ManifestRefusedException>(() => action()))!.Refusal.Error;

    private static string Refused(Func<object> action) =>
        Assert.Throws<ManifestRefusedException>(() => action())!.Refusal.Error;
}
