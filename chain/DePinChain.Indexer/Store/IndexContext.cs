using System.Buffers.Binary;
using DePinChain.Indexer.Rows;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace DePinChain.Indexer.Store;

/// <summary>The index's model: EF Core owns tables, keys and queries; rows come in bulk.</summary>
/// <remarks>Amounts are 16 big-endian bytes, which compare as numbers do in both databases and lose nothing.</remarks>
public sealed class IndexContext(DbContextOptions<IndexContext> options) : DbContext(options)
{
    public DbSet<BlockRow> Blocks => Set<BlockRow>();

    public DbSet<TransactionRow> Transactions => Set<TransactionRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<AccountEventRow> AccountEvents => Set<AccountEventRow>();

    public DbSet<AccountTransactionRow> AccountTransactions => Set<AccountTransactionRow>();

    public DbSet<ObjectEventRow> ObjectEvents => Set<ObjectEventRow>();

    public DbSet<WordRow> Words => Set<WordRow>();

    public DbSet<EntryRow> Entries => Set<EntryRow>();

    public DbSet<AccountRow> Accounts => Set<AccountRow>();

    public DbSet<PeriodRow> Periods => Set<PeriodRow>();

    public DbSet<MarkRow> Marks => Set<MarkRow>();

    public DbSet<ValidatorSetRow> ValidatorSets => Set<ValidatorSetRow>();

    public DbSet<FaultRow> Faults => Set<FaultRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Address>().HaveConversion<AddressConverter>();
        configurationBuilder.Properties<Hash256>().HaveConversion<HashConverter>();
        configurationBuilder.Properties<UInt128>().HaveConversion<WeiConverter>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<BlockRow>(block =>
        {
            block.HasKey(row => row.Number);
            block.Property(row => row.Number).ValueGeneratedNever();
            block.HasIndex(row => row.Hash).IsUnique();
            block.HasIndex(row => row.Proposer);
        });
        modelBuilder.Entity<TransactionRow>(transaction =>
        {
            transaction.Property(row => row.Id).ValueGeneratedNever();
            transaction.HasIndex(row => row.Hash).IsUnique();
            transaction.HasIndex(row => new { row.Module, row.Id });
        });
        modelBuilder.Entity<EventRow>(log =>
        {
            log.Property(row => row.Id).ValueGeneratedNever();
            log.HasIndex(row => row.TransactionId);
            log.HasIndex(row => new { row.Module, row.Name, row.Id });
            log.HasIndex(row => new { row.Emitter, row.Id });
        });
        modelBuilder.Entity<AccountEventRow>().HasKey(row => new { row.Account, row.EventId });
        modelBuilder.Entity<AccountTransactionRow>().HasKey(row => new { row.Account, row.TransactionId });
        modelBuilder.Entity<ObjectEventRow>(named =>
        {
            named.HasKey(row => new { row.Module, row.Parameter, row.Value, row.EventId });
            named.HasIndex(row => row.Value); // a search knows a hash and not whose it is
        });
        modelBuilder.Entity<WordRow>().HasKey(row => new { row.Word, row.EventId, row.Parameter });
        modelBuilder.Entity<EntryRow>(entry =>
        {
            entry.Property(row => row.Id).ValueGeneratedNever();
            entry.HasIndex(row => new { row.Account, row.Id });
            entry.HasIndex(row => row.TransactionId);
        });
        modelBuilder.Entity<AccountRow>(account =>
        {
            account.HasKey(row => row.Address);
            account.HasIndex(row => new { row.Balance, row.Address });
        });
        modelBuilder.Entity<PeriodRow>().HasKey(row => row.Start);
        modelBuilder.Entity<PeriodRow>().Property(row => row.Start).ValueGeneratedNever();
        modelBuilder.Entity<MarkRow>().Property(row => row.Id).ValueGeneratedNever();
        modelBuilder.Entity<ValidatorSetRow>().HasKey(row => row.FromBlock);
        modelBuilder.Entity<ValidatorSetRow>().Property(row => row.FromBlock).ValueGeneratedNever();
        modelBuilder.Entity<FaultRow>().HasKey(row => new { row.Block, row.Account });
    }

    private sealed class AddressConverter() : ValueConverter<Address, byte[]>(
        address => address.ToArray(), bytes => new Address(bytes));

    private sealed class HashConverter() : ValueConverter<Hash256, byte[]>(hash => hash.ToArray(), bytes => new Hash256(bytes));

    private sealed class WeiConverter() : ValueConverter<UInt128, byte[]>(
        wei => Write(wei), bytes => BinaryPrimitives.ReadUInt128BigEndian(bytes))
    {
        private static byte[] Write(UInt128 wei)
        {
            var bytes = new byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(bytes, wei);
            return bytes;
        }
    }
}
