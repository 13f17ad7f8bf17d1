using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Crash;

public sealed class KillTests
{
    private const int LivesOfARun = 20;
    private const int LivesOfALongRun = 200;

    [Test]
    public async Task A_network_killed_at_random_points_loses_nothing_final_and_signs_nothing_twice()
    {
        // Aim: "kill -9 at any point loses nothing finalized and never signs twice". Method: four validators in
        // one real process, blocks without a pause, transfers all the time, SIGKILL after a random while, start again, compare.
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        int lives = Environment.GetEnvironmentVariable("DEPIN_TEST_LONG") == "1" ? LivesOfALongRun : LivesOfARun;
        string folder = Directory.CreateTempSubdirectory("depin-kill-").FullName;
        using TransferStream transfers = new();
        SigningRecord signed = new();
        ulong best = 0;
        try
        {
            for (int life = 0; life < lives; life++)
            {
                await using Localnet localnet = await Localnet.StartAsync(folder, null, "--block-time", "0.01s");
                Assert.That(await localnet.HeightAsync(), Is.GreaterThanOrEqualTo(best), "the chain goes on where it was");
                if (life > 0 && transfers.Final.Count > 0)
                {
                    Hash256[] known = [.. transfers.Final.Keys];
                    for (int look = 0; look < 10; look++) await transfers.LookUpAsync(localnet, known[random.Next(known.Length)]);
                }

                Task sending = transfers.RunAsync(localnet, TimeSpan.FromSeconds(30));
                await Task.Delay(random.Next(20, 1500));
                best = await localnet.HeightAsync();
                await localnet.KillAsync();
                await sending;
                signed.Read(folder);
            }

            await CheckEverythingAsync(folder, transfers, signed, best);
            TestContext.Out.WriteLine(
                $"{lives} kills, {transfers.Accepted.Count} transfers accepted and final, {signed.Count} signatures, height {best}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            File.Delete(folder + ".next-chain-id");
        }
    }

    private static async Task CheckEverythingAsync(string folder, TransferStream transfers, SigningRecord signed, ulong best)
    {
        await using Localnet localnet = await Localnet.StartAsync(folder, null, "--block-time", "0.01s");
        await localnet.WaitForHeightAsync(best + 5, TimeSpan.FromSeconds(60));
        int beforeCertificates = signed.Count;
        await signed.ReadCertificatesAsync(localnet, best + 4);
        Assert.That(beforeCertificates, Is.GreaterThanOrEqualTo(4), "each signer's mark was read");
        Assert.That((ulong)signed.Count, Is.GreaterThanOrEqualTo(3 * (best + 4)), "every final block has at least three seals");
        await transfers.RunAsync(localnet, TimeSpan.FromMilliseconds(500));
        foreach (Hash256 transaction in transfers.Accepted)
        {
            for (int attempt = 0; !await transfers.LookUpAsync(localnet, transaction); attempt++)
            {
                Assert.That(attempt, Is.LessThan(300), $"{transaction} was accepted and never came into a block");
                await Task.Delay(100);
            }
        }

        Assert.That(await localnet.StopAsync(), Is.Zero, "a clean stop");
    }
}
