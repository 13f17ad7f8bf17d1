using System.Diagnostics;
using DePinChain.Client;
using DePinChain.EndToEnd.Tests;
using DePinChain.Indexer.Following;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;

namespace DePinChain.Explorer.Tests;

/// <summary>Explorer processes that are killed while they index, and databases of two makes: in the end all hold the same.</summary>
public sealed class KilledIndexTests
{
    private static readonly int Kills = Environment.GetEnvironmentVariable("DEPIN_TEST_LONG") == "1" ? 100 : 4;

    private static readonly string Program = typeof(ExplorerOptions).Assembly.Location.Replace(
        Path.Combine("tests", "DePinChain.Explorer.Tests"), Path.Combine("chain", "DePinChain.Explorer"), StringComparison.Ordinal);

    [Test]
    public async Task An_explorer_killed_at_random_moments_ends_with_the_database_of_one_that_never_was([Values] bool isPostgres)
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        string folder = Indexes.NewFolder();
        string[] place = isPostgres ? ["--data", folder, "--postgres", SharedNetwork.Postgres.Connection] : ["--data", folder];
        for (int kill = 0; kill < Kills; kill++)
        {
            using Process explorer = Start(place);
            await Task.Delay(random.Next(600, 3000)); // from before its first batch to following live
            explorer.Kill();
            await explorer.WaitForExitAsync();
        }

        Func<IndexStore> killed = Indexes.Open(isPostgres, folder, IndexStore.NameOf(
            SharedNetwork.Live.Identity.ChainId, SharedNetwork.Live.Identity.Genesis));
        MarkRow mark = await SharedNetwork.UntilIndexedAsync();
        IndexStore pieces = await Indexes.MakeAsync(killed, mark.Height, [mark.Height]);
        IndexStore whole = await Indexes.MakeAsync(Indexes.Open(isPostgres, folder, "never_killed"), mark.Height, [mark.Height]);
        Assert.That(await Indexes.DumpAsync(pieces), Is.EqualTo(await Indexes.DumpAsync(whole)));
        Indexes.Remove(folder);
    }

    /// <summary>
    /// Between any two statements of a batch, before its end and after it: whatever had been written by then is what a kill leaves. One
    /// block a batch, so that every kind of point is met.
    /// </summary>
    [Test]
    public async Task An_indexer_that_dies_at_a_hundred_random_points_ends_with_the_same_database([Values] bool isPostgres)
    {
        const int Deaths = 100;
        const int StatementsBetween = 24;
        MarkRow mark = await SharedNetwork.UntilIndexedAsync(atLeast: 40);
        var random = new Random(20_261_122);
        string folder = Indexes.NewFolder();
        Func<IndexStore> open = Indexes.Open(isPostgres, folder, "dying");
        ModuleDirectory modules = await ModuleDirectory.LoadAsync(SharedNetwork.Node, CancellationToken.None);
        var places = new SortedSet<string>(StringComparer.Ordinal);
        int left = random.Next(StatementsBetween), deaths = 0;
        IndexStore store = Mortal();
        while (deaths < Deaths || store.ReadMark().Height < mark.Height)
        {
            // All there is and not enough deaths yet: it begins again.
            if (store.ReadMark().Height == mark.Height) store.Forget();
            var follower = new Follower(new ChainReader(SharedNetwork.Node), store, modules, TimeProvider.System);
            try
            {
                for (long height = store.ReadMark().Height; height < mark.Height; height++)
                    await follower.CatchUpAsync(height + 1, CancellationToken.None);
            }
            catch (DeathException death)
            {
                deaths++;
                places.Add(death.Message);
                store = Mortal(); // as after a start: it knows nothing but the database
            }
        }

        IndexStore whole = await Indexes.MakeAsync(Indexes.Open(isPostgres, folder, "deathless"), mark.Height, [mark.Height]);
        Assert.That(await Indexes.DumpAsync(store), Is.EqualTo(await Indexes.DumpAsync(whole)));
        Assert.That(places, Has.Count.GreaterThanOrEqualTo(12), "of sixteen places in a batch: " + string.Join(", ", places));
        Indexes.Remove(folder);

        IndexStore Mortal()
        {
            IndexStore opened = open();
            opened.Between = place =>
            {
                if (deaths == Deaths || left-- > 0) return;
                left = random.Next(StatementsBetween);
                throw new DeathException(place);
            };
            return opened;
        }
    }

    [Test]
    public async Task Both_databases_hold_the_same()
    {
        MarkRow mark = await SharedNetwork.UntilIndexedAsync();
        string folder = Indexes.NewFolder();
        IndexStore sqlite = await Indexes.MakeAsync(Indexes.Open(false, folder, "agreed"), mark.Height, [mark.Height]);
        IndexStore postgres = await Indexes.MakeAsync(Indexes.Open(true, folder, "agreed"), mark.Height, [mark.Height]);
        Assert.That(await Indexes.DumpAsync(postgres), Is.EqualTo(await Indexes.DumpAsync(sqlite)));
        Indexes.Remove(folder);
    }

    private sealed class DeathException(string place) : Exception(place);

    private static Process Start(string[] place) => Process.Start(new ProcessStartInfo(
        "dotnet", [Program, "run", "--rpc", SharedNetwork.Network.RpcUrl, "--port", $"{Localnet.FreePort()}", .. place])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
