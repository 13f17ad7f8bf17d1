using DePinChain.Gpu.Cpu;
using DePinChain.Gpu.Cuda;
using DePinChain.Gpu.Devices;
using DePinChain.Gpu.Kernels;

namespace DePinChain.Gpu.Tests;

/// <summary>Batches of odd sizes, slices, budgets, the cache of compiled kernels, and what must be refused.</summary>
public sealed class DeviceTests
{
    private static readonly int[] Counts = [0, 1, 2, 3, 15, 16, 17, 63, 64, 65, 127, 200];

    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void Batches_of_every_size_give_what_the_reference_gives(string name)
    {
        IBackend backend = Backends.Get(name);
        foreach (int count in Counts)
        {
            SeededStream seeds = new((ulong)count);
            byte[] bytes = seeds.Bytes(count * 32 * 4);
            ulong[] places = [.. Enumerable.Range(0, count).Select(_ => seeds.Next())];
            Same(backend, count * 32, (one, to) => one.HashPairs(bytes.AsSpan(0, count * 64), to, 0x3f));
            Same(backend, count * 32, (one, to) => one.HashFixed(bytes.AsSpan(0, count * 101), 101, to));
            Same(backend, count * 32, (one, to) => one.HashTrees(bytes, 4, to, 0xff));
            Same(backend, count * 32, (one, to) => one.HashPieces(bytes.AsSpan(0, count * 127), 1, to));
            Same(backend, count * 32, (one, to) =>
                one.FoldPaths(bytes.AsSpan(0, count * 32), places, bytes.AsSpan(0, count * 64), 2, to, 0x3f));
            Same(backend, count * 32, (one, to) => one.HashLabels(bytes.AsSpan(0, count * 64), bytes.AsSpan(0, count * 96), 3, to));
        }
    }

    [Test]
    public void A_batch_that_is_cut_into_slices_is_the_same()
    {
        using DeviceBackend backend = new(Backends.OpenAnother(), sliceBytes: 1 << 12);
        byte[] bytes = new SeededStream(7).Bytes(127 << 10);
        byte[] pairs = bytes[..(1 << 16)];
        ulong[] places = [.. Enumerable.Range(0, 300).Select(static at => (ulong)at * 77)];
        uint[] offsets = [.. Enumerable.Range(0, 400).Select(static at => (uint)(at * at / 2))];
        Same(backend, 1 << 15, (one, to) => one.HashPairs(pairs, to, 0x3f));
        Same(backend, 32, (one, to) => one.HashTrees(pairs, 1 << 11, to, 0x3f));
        Same(backend, 4 * 32, (one, to) => one.HashTrees(pairs, 1 << 9, to, 0x3f));
        Same(backend, 32, (one, to) => one.HashPieces(bytes, 1 << 10, to));
        Same(backend, 300 * 32, (one, to) => one.FoldPaths(bytes.AsSpan(0, 9600), places, bytes.AsSpan(0, 28800), 3, to, 0x3f));
        Same(backend, 399 * 32, (one, to) => one.HashVariable(bytes, offsets, to));
        Assert.That(backend.Accelerator.UsedBytes, Is.Zero);
    }

    [Test]
    public void A_batch_that_does_not_fit_the_budget_is_halved_until_it_does()
    {
        using DeviceBackend backend = new(Backends.OpenAnother(budgetBytes: 3 << 20));
        byte[] pairs = new SeededStream(9).Bytes(8 << 20);
        Same(backend, 4 << 20, (one, to) => one.HashPairs(pairs, to, 0x3f));
    }

    [Test]
    public void A_tensor_that_does_not_fit_the_budget_is_refused_with_both_numbers()
    {
        using DeviceBackend backend = new(Backends.OpenAnother(budgetBytes: 1 << 20));
        GpuException error = Assert.Throws<GpuException>(() => backend.Tensors.Allocate(2 << 20))!;
        Assert.That(error.Fault, Is.EqualTo(GpuFault.OutOfMemory));
        Assert.That(error.Message, Does.Contain("2097152").And.Contain("1048576"));
        using TensorBuffer small = backend.Tensors.Allocate(1 << 10);
        Assert.That(small.Bytes, Is.EqualTo(1 << 10));
    }

    [Test]
    public void A_buffer_of_another_backend_is_refused()
    {
        using TensorBuffer foreign = Backends.Scalar.Tensors.Allocate(64);
        using TensorBuffer own = Backends.OpenCl.Tensors.Allocate(64);
        Assert.Throws<ArgumentException>(() => Backends.OpenCl.Tensors.Round(foreign, 4));
        Assert.Throws<ArgumentException>(() => Backends.Scalar.Tensors.Round(own, 4));
        Assert.Throws<ArgumentException>(() => Backends.Scalar.Tensors.Round(foreign, 17), "beyond its end");
        Assert.Throws<ArgumentException>(() => Backends.OpenCl.Tensors.Round(own, 17), "beyond its end");
    }

    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void Batches_whose_parts_do_not_fit_together_are_refused(string name)
    {
        IBackend backend = Backends.Get(name);
        byte[] bytes = new byte[256];
        Action[] wrong =
        [
            () => backend.HashFixed(bytes, 100, new byte[64]),
            () => backend.HashFixed(bytes, 256, new byte[31]),
            () => backend.HashVariable(bytes, [0, 300], new byte[32]),
            () => backend.HashVariable(bytes, [9, 8], new byte[32]),
            () => backend.HashVariable(bytes, [0, 8], new byte[64]),
            () => backend.HashPairs(bytes, new byte[64], 0xff),
            () => backend.HashTrees(bytes, 3, new byte[32], 0xff),
            () => backend.HashTrees(bytes, 4, new byte[32], 0xff),
            () => backend.HashPieces(bytes, 1, new byte[64]),
            () => backend.FoldPaths(bytes, new ulong[8], new byte[32], 1, new byte[256], 0xff),
            () => backend.FoldPaths(bytes, new ulong[8], [], 65, new byte[256], 0xff),
            () => backend.HashLabels(bytes, bytes, 0, new byte[128]),
            () => backend.HashLabels(bytes, bytes, 38, new byte[128]),
            () => backend.HashLabels(bytes, bytes, 1, new byte[128]),
        ];
        foreach (Action action in wrong) Assert.Throws<ArgumentException>(() => action());
    }

    [Test]
    public void A_compiled_kernel_is_kept_and_a_torn_file_is_built_again()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("kernels");
        try
        {
            KernelCache cache = new(folder.FullName);
            using (DeviceBackend first = new(Backends.OpenAnother(cache: cache))) Assert
                .That(KnownAnswers.Run(first, "node_pairs", 1).IsRight);
            FileInfo file = folder.GetFiles("*.kernel").Single();
            using (DeviceBackend second = new(Backends.OpenAnother(cache: cache))) Assert
                .That(KnownAnswers.Run(second, "node_pairs", 1).IsRight);
            byte[] torn = File.ReadAllBytes(file.FullName);
            torn[^1] ^= 1;
            File.WriteAllBytes(file.FullName, torn);
            Assert.That(cache.Find(Path.GetFileNameWithoutExtension(file.Name)), Is.Null);
            using (DeviceBackend third = new(Backends.OpenAnother(cache: cache))) Assert
                .That(KnownAnswers.Run(third, "node_pairs", 1).IsRight);
            Assert.That(cache.Find(Path.GetFileNameWithoutExtension(file.Name)), Is.Not.Null);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void A_key_is_not_its_parts_joined_in_another_way() =>
        Assert.That(KernelCache.KeyOf("ab", "c"), Is.Not.EqualTo(KernelCache.KeyOf("a", "bc")));

    [Test]
    public void A_kernel_that_does_not_compile_says_so_with_the_compilers_log()
    {
        GpuException error = Assert.Throws<GpuException>(() =>
        {
            using DeviceBackend backend = new(Backends.OpenAnother(),
                hash: new KernelSource("hash", KernelSource.Hash.Text + "\nnonsense;"));
        })!;
        Assert.That(error.Fault, Is.EqualTo(GpuFault.Build));
        Assert.That(error.Message, Does.Contain("hash does not compile"));
    }

    [TestCase("hash")]
    [TestCase("tensor")]
    [TestCase("rounds")]
    public void Clang_makes_PTX_that_needs_nothing_and_fuses_and_flushes_nothing(string unit)
    {
        KernelSource source = unit switch
        {
            "hash" => KernelSource.Hash,
            "tensor" => KernelSource.Tensor,
            _ => KernelSource.Rounds,
        };
        if (PtxCompiler.Compile(source) is not { } ptx)
        {
            Assert.Ignore("There is no clang here; only a machine with an NVIDIA device and without NVRTC needs it.");
            return;
        }

        string text = System.Text.Encoding.UTF8.GetString(ptx);
        Assert.That(text, Does.Not.Contain(".extern").And.Not.Contain(".ftz").And.Not.Contain(".approx"));
        foreach (string line in text.Split('\n').Where(static line => line.Contains(".f32 \t", StringComparison.Ordinal)))
        {
            string operation = line.Trim().Split([' ', '\t'])[0];
            if (operation.Split('.')[0] is "add" or "sub" or "mul" or "div" or "fma" or "sqrt")
                Assert.That(operation, Does.Contain(".rn."), "an operation that the driver's compiler could fuse or shorten");
        }
    }

    [Test]
    public void A_width_that_the_processor_lacks_is_refused_with_the_one_it_has()
    {
        Assert.That(CpuWidths.Supported, Does.Contain(CpuWidth.Scalar).And.Contain(CpuWidths.Widest));
        CpuWidth? missing = Enum.GetValues<CpuWidth>().Cast<CpuWidth?>().FirstOrDefault(static width =>
            !CpuWidths.IsSupported(width!.Value));
        if (missing is null)
        {
            Assert.Ignore("This processor has all widths.");
            return;
        }

        Assert.Throws<GpuException>(() => _ = new CpuBackend(missing));
    }

    private static void Same(IBackend backend, int bytes, Kernel kernel)
    {
        byte[] actual = new byte[bytes], expected = new byte[bytes];
        Array.Fill(actual, (byte)0xcd);
        kernel(Backends.Scalar, expected);
        kernel(backend, actual);
        Assert.That(actual, Is.EqualTo(expected));
    }

    private delegate void Kernel(IBackend backend, Span<byte> output);
}
