using DePinChain.Gpu.Devices;
using DePinChain.Primitives;
using DePinChain.Proofs.Devices;

namespace DePinChain.Gpu.Tests;

/// <summary>The proof of throughput on every backend: the reference's root, and rounds that a verifier without a GPU believes.</summary>
public sealed class RoundTests
{
    private static readonly Hash256 Seed = Keccak256.Hash("device"u8);

    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void A_chain_has_the_same_root_and_shows_the_same_rounds_as_the_reference(string name)
    {
        foreach ((int size, int rounds) in ((int, int)[])[(16, 8), (80, 4), (144, 8)])
        {
            var shape = new GemmShape(size, rounds);
            using BackendRounds work = new(Backends.Get(name));
            var chain = GemmChain.Run(shape, Seed, work);
            var reference = GemmChain.Run(shape, Seed);
            Assert.That(chain.Root, Is.EqualTo(reference.Root), $"n = {size}");
            int[] drawn = [0, rounds - 2];
            RoundOpening[] shown = chain.Show(drawn, withProducts: true, work);
            RoundOpening[] expected = reference.Show(drawn, withProducts: true);
            for (int at = 0; at < drawn.Length; at++)
            {
                Assert.That(
                    DeviceSession.Encode(shape, shown[at]), Is.EqualTo(DeviceSession.Encode(shape, expected[at])),
                    $"n = {size}, round {drawn[at]}");
                RoundVerdict verdict = GemmChain.Check(
                    shape, Seed, chain.Root, shown[at], shape.FixedMatrix(Seed), Keccak256.Hash([(byte)at]));
                Assert.That(verdict, Is.EqualTo(RoundVerdict.Right));
            }
        }
    }

    // Of the independent model in Python that GemmChainTests has: n = 48, 4 rounds, and a seed of the bytes 0 to 31.
    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void A_chain_has_the_root_of_the_independent_model(string name)
    {
        var seed = new Hash256([.. Enumerable.Range(0, 32).Select(static at => (byte)at)]);
        using BackendRounds work = new(Backends.Get(name));
        Assert.That(
            GemmChain.Run(new GemmShape(48, 4), seed, work).Root,
            Is.EqualTo(Hash256.Parse("0x52d85b2dba4c14926b3e302155721da9ab7f7df6466aec62e4cc6e05550c5d06")));
    }

    [Test]
    public void A_chain_on_a_device_stops_between_two_rounds_and_gives_its_memory_back()
    {
        using DeviceBackend backend = new(Backends.OpenAnother());
        using (BackendRounds work = new(backend))
        {
            using var stop = new CancellationTokenSource();
            stop.Cancel();
            Assert.That(() => GemmChain.Run(new GemmShape(16, 8), Seed, work, stop.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(backend.Accelerator.UsedBytes, Is.Positive);
        }

        Assert.That(backend.Accelerator.UsedBytes, Is.Zero);
    }

    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void Matrices_of_another_size_than_rounds_have_are_refused(string name)
    {
        ITensorKernels kernels = Backends.Get(name).Tensors;
        using TensorBuffer small = kernels.Allocate(16 * 16), large = kernels.Allocate(8_208);
        Assert.Throws<ArgumentException>(() => kernels.MultiplyExact(small, small, small, 24));
        Assert.Throws<ArgumentException>(() => kernels.SumRows(large, large, large, 8_208));
        Assert.Throws<ArgumentException>(() => kernels.NextMatrix(small, small, small, 0));
        Assert.Throws<ArgumentException>(() => kernels.MultiplyExact(small, small, small, 16), "a product has four bytes a cell");
    }
}
