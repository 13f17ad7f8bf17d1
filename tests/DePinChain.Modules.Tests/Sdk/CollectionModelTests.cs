using DePinChain.Modules.Sdk;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Modules.Tests.Sdk;

/// <summary>
/// Each collection against the obvious in-memory model, over random operations; afterwards everything is removed and nothing is left.
/// </summary>
public sealed class CollectionModelTests
{
    // Three bytes are one operation: what, on which key, with which value.
    private static void ForOperations(Action<SamplesModule, SamplesQueue, InMemoryWorld, List<(int What, ulong Key, ulong Value)>> check) =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            InMemoryWorld world = new();
            ModuleState state = new(SamplesModule.Descriptor.Address, world);
            List<(int, ulong, ulong)> operations = [];
            for (int i = 0; i + 2 < bytes.Length; i += 3) operations.Add((bytes[i] % 4, bytes[i + 1] % 8UL, bytes[i + 2]));
            check(new SamplesModule(state, new Logs(state.Module, world)), new SamplesQueue(state), world, operations);
            return true;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void A_counted_map_is_a_dictionary() => ForOperations((module, _, world, operations) =>
    {
        Dictionary<string, Slice> model = [];
        foreach ((int what, ulong key, ulong value) in operations)
        {
            string name = "key" + key;
            if (what < 3)
            {
                // Value 0 makes a slice of zeros: no record.
                Slice slice = new((byte)value, default, 0, false, Phase.Open);
                module.Slices[name] = slice;
                if (value == 0) model.Remove(name);
                else model[name] = slice;
            }
            else
            {
                Assert.That(module.Slices.Remove(name), Is.EqualTo(model.Remove(name)));
            }

            Assert.That(module.Slices.Count, Is.EqualTo((ulong)model.Count));
            Assert.That(module.Slices.TryGet(name, out Slice found), Is.EqualTo(model.TryGetValue(name, out Slice expected)));
            Assert.That(found, Is.EqualTo(expected));
        }

        foreach (string name in model.Keys) module.Slices.Remove(name);
        Assert.That(world.RecordCount, Is.Zero);
    });

    [Test]
    public void A_set_keeps_order_and_fills_gaps_with_the_last() => ForOperations((module, _, world, operations) =>
    {
        List<ulong> model = [];
        foreach ((int what, ulong key, ulong value) in operations)
        {
            if (what + (value % 2 == 0 ? 0 : 1) < 3)
            {
                Assert.That(module.Members.Add(key), Is.EqualTo(!model.Contains(key)));
                if (!model.Contains(key)) model.Add(key);
            }
            else
            {
                int index = model.IndexOf(key);
                Assert.That(module.Members.Remove(key), Is.EqualTo(index >= 0));
                if (index >= 0)
                {
                    model[index] = model[^1];
                    model.RemoveAt(model.Count - 1);
                }
            }

            Assert.That(module.Members.Page(0, 100), Is.EqualTo(model));
            Assert.That(module.Members.Contains(key), Is.EqualTo(model.Contains(key)));
            Assert.That(module.Members.Page(1, 2), Is.EqualTo(model.Skip(1).Take(2)));
        }

        foreach (ulong member in model) module.Members.Remove(member);
        Assert.That(world.RecordCount, Is.Zero);
    });

    // The height grows; whatever the order of additions, what is taken is what is due, by height and then by order of addition.
    [Test]
    public void A_schedule_is_a_queue_ordered_by_height() => ForOperations((_, queue, world, operations) =>
    {
        List<(ulong Height, ulong Order)> model = [];
        ulong height = 1;
        ulong order = 0;
        foreach ((int what, ulong key, ulong value) in operations)
        {
            if (what < 3)
            {
                ulong due = height - 1 + (key * (value % 20));
                model.Add((due, ++order));
                queue.Due.Add(due, order);
            }
            else
            {
                height += value % 30;
                Assert.That(queue.Due.TakeDue(height, (int)key), Is.EqualTo(Take(model, height, (int)key)));
            }

            Assert.That(queue.Due.Count, Is.EqualTo((ulong)model.Count));
        }

        while (model.Count > 0)
        {
            IEnumerable<ulong> expected = Take(model, 1_000, 7);
            Assert.That(queue.Due.TakeDue(1_000, 7), Is.EqualTo(expected));
        }

        Assert.That(world.RecordCount, Is.Zero);
    });

    // Whatever was done since a snapshot is undone.
    [Test]
    public void A_revert_restores_every_record() => ForOperations((module, queue, world, operations) =>
    {
        int half = operations.Count / 2;
        Apply(module, queue, operations.Take(half));
        (ulong, ulong, IReadOnlyList<ulong>, int, int) before = Look(module, queue, world);
        int mark = world.Snapshot();
        Apply(module, queue, operations.Skip(half));
        world.Revert(mark);
        Assert.That(Look(module, queue, world), Is.EqualTo(before));
    });

    private static List<ulong> Take(List<(ulong Height, ulong Order)> model, ulong height, int max)
    {
        List<(ulong Height, ulong Order)> due =
            [.. model.Where(item => item.Height <= height).OrderBy(item => item.Height).ThenBy(item => item.Order).Take(max)];
        foreach ((ulong, ulong) item in due) model.Remove(item);
        return [.. due.Select(item => item.Order)];
    }

    private static void Apply(SamplesModule module, SamplesQueue queue, IEnumerable<(int What, ulong Key, ulong Value)> operations)
    {
        foreach ((int what, ulong key, ulong value) in operations)
        {
            if (what == 0) module.Members.Add(key);
            else if (what == 1) module.Members.Remove(key);
            else if (what == 2) queue.Due.Add(value, key);
            else module.Bodies[key] = [(byte)value];
            queue.Due.TakeDue(value / 2, 2);
        }
    }

    private static (ulong, ulong, IReadOnlyList<ulong>, int, int) Look(SamplesModule module, SamplesQueue queue, InMemoryWorld world) =>
        (module.Members.Count, queue.Due.Count, module.Members.Page(0, 100), world.RecordCount, world.BlobCount);
}
