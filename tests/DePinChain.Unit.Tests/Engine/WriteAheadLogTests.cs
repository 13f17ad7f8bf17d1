using System.Text;
using DePinChain.Engine;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.Engine;

public sealed class WriteAheadLogTests
{
    private const string FileName = "consensus.wal";

    [Test]
    public void A_record_is_length_checksum_kind_payload()
    {
        // Aim: the layout u32 length, u32 CRC-32C, kind, payload. CRC-32C of "123456789" is e3069283 (RFC 3720);
        // the checksum covers kind and payload, so kind '1' and payload "23456789" give exactly that.
        MemoryFolder folder = new();
        using WriteAheadLog log = WriteAheadLog.Open(folder);
        log.Reset(height: 5);
        log.Append((byte)'1', "23456789"u8);
        log.Flush();

        byte[] content = folder.Read(FileName)!;
        const int HeightRecord = 4 + 4 + 1 + 8;
        Assert.That(Convert.ToHexStringLower(content[HeightRecord..]), Is.EqualTo("00000008" + "e3069283" + "31" + "3233343536373839"));
        Assert.That(Convert.ToHexStringLower(content[8..HeightRecord]), Is.EqualTo("00" + "0000000000000005"));
    }

    [Test]
    public void Flushed_records_survive_a_power_loss_and_pending_ones_do_not()
    {
        MemoryFolder folder = new();
        WriteAheadLog log = WriteAheadLog.Open(folder);
        log.Reset(height: 5);
        log.Append(1, "proposal"u8);
        log.Flush();
        log.Append(2, "vote"u8);

        WriteAheadLog again = WriteAheadLog.Open(folder.AfterPowerLoss());

        Assert.That(again.Condition, Is.EqualTo(LogCondition.Whole));
        Assert.That(again.Height, Is.EqualTo(5));
        Assert.That(Texts(again), Is.EqualTo(new[] { "1:proposal" }));
    }

    [Test]
    public void A_new_folder_has_no_log()
    {
        using WriteAheadLog log = WriteAheadLog.Open(new MemoryFolder());
        Assert.That(log.Condition, Is.EqualTo(LogCondition.Missing));
        Assert.That(log.Records, Is.Empty);
    }

    [Test]
    public void Every_cut_of_the_file_leaves_the_whole_records_before_it()
    {
        (byte[] content, int[] ends) = ThreeRecords();
        for (int length = 0; length <= content.Length; length++)
        {
            MemoryFolder folder = new();
            folder.Overwrite(FileName, content.AsSpan(0, length));
            using WriteAheadLog log = WriteAheadLog.Open(folder);

            int whole = ends.Count(end => end <= length);
            Assert.That(log.Condition, Is.EqualTo(whole == 0 ? LogCondition.Missing : LogCondition.Whole), $"cut at {length}");
            Assert.That(log.Records, Has.Count.EqualTo(Math.Max(0, whole - 1)), $"cut at {length}");
            Assert.That(folder.Read(FileName), Has.Length.EqualTo(whole == 0 ? 0 : ends[whole - 1]), "the torn end is gone");
        }
    }

    [Test]
    public void Every_flipped_bit_before_the_last_record_is_damage()
    {
        (byte[] content, int[] ends) = ThreeRecords();
        int lastRecord = ends[^2];
        for (int bit = 0; bit < lastRecord * 8; bit++)
        {
            byte[] flipped = [.. content];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            MemoryFolder folder = new();
            folder.Overwrite(FileName, flipped);
            using WriteAheadLog log = WriteAheadLog.Open(folder);

            Assert.That(log.Condition, Is.EqualTo(LogCondition.Damaged), $"bit {bit}");
            Assert.That(folder.Read(FileName), Is.EqualTo(flipped), "a damaged log is kept for the operator");
        }
    }

    [Test]
    public void A_flipped_bit_in_the_last_record_looks_like_a_torn_end()
    {
        (byte[] content, int[] ends) = ThreeRecords();
        for (int bit = ends[^2] * 8; bit < content.Length * 8; bit++)
        {
            byte[] flipped = [.. content];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            MemoryFolder folder = new();
            folder.Overwrite(FileName, flipped);
            using WriteAheadLog log = WriteAheadLog.Open(folder);

            Assert.That(log.Condition, Is.EqualTo(LogCondition.Whole), $"bit {bit}");
            Assert.That(Texts(log), Is.EqualTo(new[] { "1:proposal" }), $"bit {bit}");
        }
    }

    [Test]
    public void An_end_of_zeros_is_a_torn_end()
    {
        (byte[] content, int[] ends) = ThreeRecords();
        byte[] zeroed = [.. content.AsSpan(0, ends[1]), .. new byte[500]];
        MemoryFolder folder = new();
        folder.Overwrite(FileName, zeroed);
        using WriteAheadLog log = WriteAheadLog.Open(folder);

        Assert.That(log.Condition, Is.EqualTo(LogCondition.Whole));
        Assert.That(log.TornBytes, Is.EqualTo(500));
    }

    [Test]
    public void A_log_whose_first_record_is_not_a_height_is_damaged_or_missing()
    {
        MemoryFolder source = new();
        WriteAheadLog writer = WriteAheadLog.Open(source);
        writer.Append(3, "no height before me"u8);
        writer.Append(3, "nor me"u8);
        writer.Flush();

        using WriteAheadLog log = WriteAheadLog.Open(source.AfterKill());
        Assert.That(log.Condition, Is.EqualTo(LogCondition.Damaged));
    }

    [Test]
    public void Reset_forgets_the_height_before()
    {
        MemoryFolder folder = new();
        WriteAheadLog log = WriteAheadLog.Open(folder);
        log.Reset(5);
        log.Append(1, "old"u8);
        log.Flush();
        log.Reset(6);
        log.Append(2, "new"u8);
        log.Flush();

        WriteAheadLog again = WriteAheadLog.Open(folder.AfterPowerLoss());
        Assert.That(again.Height, Is.EqualTo(6));
        Assert.That(Texts(again), Is.EqualTo(new[] { "2:new" }));
    }

    [Test]
    public void Appending_goes_on_behind_a_cut_end()
    {
        (byte[] content, _) = ThreeRecords();
        MemoryFolder folder = new();
        folder.Overwrite(FileName, content.AsSpan(0, content.Length - 1));
        WriteAheadLog log = WriteAheadLog.Open(folder);
        log.Append(4, "after"u8);
        log.Flush();

        WriteAheadLog again = WriteAheadLog.Open(folder.AfterPowerLoss());
        Assert.That(Texts(again), Is.EqualTo(new[] { "1:proposal", "4:after" }));
    }

    [Test]
    public void Any_records_come_back_in_order_after_any_power_loss()
    {
        // Model: after a power loss the log holds a prefix of what was appended that includes everything flushed.
        Prop.ForAll<byte[][], PositiveInt, byte>((payloads, flushEvery, torn) =>
        {
            MemoryFolder folder = new();
            WriteAheadLog log = WriteAheadLog.Open(folder);
            log.Reset(1);
            log.Flush();
            int flushed = 0;
            for (int index = 0; index < payloads.Length; index++)
            {
                log.Append(7, payloads[index]);
                if ((index + 1) % flushEvery.Get != 0) continue;
                log.Flush();
                flushed = index + 1;
            }

            WriteAheadLog again = WriteAheadLog.Open(folder.AfterPowerLoss(torn));
            return again.Records.Count >= flushed
                && again.Records.Select((record, index) => record.Payload.Span.SequenceEqual(payloads[index])).All(equal => equal);
        }).QuickCheckThrowOnFailure();
    }

    private static (byte[] Content, int[] Ends) ThreeRecords()
    {
        MemoryFolder folder = new();
        using WriteAheadLog log = WriteAheadLog.Open(folder);
        List<int> ends = [];
        log.Reset(5);
        log.Flush();
        ends.Add(folder.Read(FileName)!.Length);
        log.Append(1, "proposal"u8);
        log.Flush();
        ends.Add(folder.Read(FileName)!.Length);
        log.Append(2, "vote"u8);
        log.Flush();
        ends.Add(folder.Read(FileName)!.Length);
        return (folder.Read(FileName)!, [.. ends]);
    }

    private static IEnumerable<string> Texts(WriteAheadLog log) =>
        log.Records.Select(record => $"{record.Kind}:{Encoding.UTF8.GetString(record.Payload.Span)}");
}
