using System.Diagnostics;
using DePinChain.EndToEnd.Tests;
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

    private static Process Start(string[] place) => Process.Start(new ProcessStartInfo(
        "dotnet", [Program, "run", "--rpc", SharedNetwork.Network.RpcUrl, "--port", $"{Localnet.FreePort()}", .. place])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
