using DePinChain.Gpu.Cpu;

namespace DePinChain.Gpu.Tests;

/// <summary>A device that is wrong or dies costs time, and nothing else.</summary>
public sealed class PoolTests
{
    [Test]
    public void A_device_with_a_wrong_digest_is_put_aside_before_it_is_used()
    {
        using BackendPool pool = new([new FaultyBackend(wrong: true), new CpuBackend(CpuWidth.Scalar, 1)]);
        Assert.That(pool.SelfTest(), Is.False);
        Assert.That(pool.Usable.Select(static backend => backend.Device.Kind), Is.EqualTo(new[] { BackendKind.Cpu }));
        Assert.That(pool.Quarantined.Single().Reason, Does.Contain("must give"));
        Assert.That(pool.SelfTest(), Is.True);
    }

    [TestCase(GpuFault.DeviceLost, 1)]
    [TestCase(GpuFault.Build, 1)]
    [TestCase(GpuFault.Transient, 2)]
    [TestCase(GpuFault.OutOfMemory, 2)]
    public void Work_of_a_device_that_fails_goes_to_the_next(GpuFault fault, int usable)
    {
        using BackendPool pool = new([new FaultyBackend(fault: fault), new CpuBackend(CpuWidth.Scalar, 1)]);
        byte[] parent = pool.Run(static backend =>
        {
            byte[] result = new byte[32];
            backend.HashPairs(new byte[64], result, 0x3f);
            return result;
        });

        // The parent of two zero nodes, as in sha256_vectors.json, zero_subtrees, level 1.
        Assert.That(Convert.ToHexStringLower(parent), Is.EqualTo("f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb0b"));
        Assert.That(pool.Usable, Has.Count.EqualTo(usable));
    }

    [Test]
    public void Exact_work_never_reaches_a_device_that_is_not()
    {
        using BackendPool pool = new([new FaultyBackend(exact: false), new CpuBackend(CpuWidth.Scalar, 1)]);
        Assert.That(pool.Run(static backend => backend.Device.Kind, exact: true), Is.EqualTo(BackendKind.Cpu));
        Assert.That(pool.Run(static backend => backend.Device.Kind), Is.EqualTo(BackendKind.OpenCl));
    }

    [Test]
    public void A_machine_without_devices_has_the_processor()
    {
        using BackendPool pool = BackendPool.Open(new BackendOptions { Kinds = [], Workers = 1 });
        Assert.That(pool.Usable.Single().Device.Kind, Is.EqualTo(BackendKind.Cpu));
        Assert.That(pool.Reference, Is.SameAs(pool.Usable.Single()));
    }

    [Test]
    public void A_processor_that_poses_as_a_device_counts_only_when_asked_for()
    {
        _ = Backends.OpenCl;
        using BackendPool without = BackendPool.Open(new BackendOptions { Kinds = [BackendKind.OpenCl], Workers = 1 });
        Assert.That(without.Usable.Where(static backend => backend.Device is { Kind: BackendKind.OpenCl, IsProcessor: true }), Is.Empty);
        using BackendPool with = BackendPool.Open(
            new BackendOptions { Kinds = [BackendKind.OpenCl], AllowProcessors = true, DeviceFilter = "opencl:0", Workers = 1 });
        Assert.That(with.Usable, Has.Count.EqualTo(2));
    }
}
