// SPDX-License-Identifier: GPL-2.0-only
#include "input-file.h"
#include "packet/engine/star.h"

#include "workload/flow-file.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

/// Flows between hosts 0 to 3 around switch 4, of a file with an ending of its own.
FlowList ReadCsv(const std::string& text, InputNotes* notes = nullptr, const std::string& name = "flows.csv")
{
    static const FabricGraph star = Star(4, 10'000'000'000);
    return ReadFlowFile(WriteInput(name, text), star, StartTimes::SECONDS, notes);
}

std::string CsvError(const std::string& text)
{
    return InputErrorOf([&] { ReadCsv(text); });
}

} // namespace

TEST(CsvFlows, ColumnsAreFoundByTheirNamesInAnyOrder)
{
    const FlowList flows =
        ReadCsv("Start (ms), Destination "
                ",bytes,\"Source\",priority,class,dport\n0.001,1,1000,0,5,1,99\n2.5,0,1500.0,3,3,gold,100\n");
    ASSERT_EQ(flows.size(), 2U);
    EXPECT_EQ(flows[0].src, 0U);
    EXPECT_EQ(flows[0].dst, 1U);
    EXPECT_EQ(flows[0].sizeBytes, 1000U);
    EXPECT_EQ(flows[0].startNs, 1000);
    EXPECT_EQ(flows[0].priorityGroup, 5) << "a column 'class' may be a label of the user";
    EXPECT_EQ(flows[0].dstPort, 99);
    EXPECT_EQ(flows[1].src, 3U);
    EXPECT_EQ(flows[1].dst, 0U);
    EXPECT_EQ(flows[1].sizeBytes, 1500U);
    EXPECT_EQ(flows[1].startNs, 2'500'000);
    EXPECT_EQ(flows[1].priorityGroup, 3);
}

TEST(CsvFlows, EveryUnitOfAColumnOrOfANumber)
{
    const std::pair<const char*, int64_t> starts[] = {{"start_ps", 2}, // 1500 ps are rounded
                                                      {"start_ns", 1500},
                                                      {"start_us", 1'500'000},
                                                      {"start[ms]", 1'500'000'000},
                                                      {"START-S", 1'500'000'000'000},
                                                      {"arrival_time (seconds)", 1'500'000'000'000}};
    for (const auto& [title, startNs] : starts)
    {
        EXPECT_EQ(ReadCsv(std::string("src,dst,size,") + title + "\n0,1,7,1500\n").at(0).startNs, startNs) << title;
    }
    const std::pair<const char*, uint64_t> sizes[] = {{"size", 3},
                                                      {"size_bytes", 3},
                                                      {"flow_size_KB", 3000},
                                                      {"size (KiB)", 3072},
                                                      {"bytes_mb", 3'000'000}};
    for (const auto& [title, bytes] : sizes)
    {
        EXPECT_EQ(ReadCsv(std::string("src,dst,start_ns,") + title + "\n0,1,0,3\n").at(0).sizeBytes, bytes) << title;
    }
    // a unit with a number goes before that of its column; 0 needs none
    const FlowList flows = ReadCsv("src,dst,size_kb,start\n0,1,3,0\n0,1,3B,1e-3us\n0,1,2MiB,4us\n");
    EXPECT_EQ(flows[0].sizeBytes, 3000U);
    EXPECT_EQ(flows[1].sizeBytes, 3U);
    EXPECT_EQ(flows[1].startNs, 1);
    EXPECT_EQ(flows[2].sizeBytes, 2U << 20U);
    EXPECT_EQ(flows[2].startNs, 4000);
}

TEST(CsvFlows, AUnitOfTimeIsNeverGuessed)
{
    EXPECT_EQ(CsvError("src,dst,size,start\n0,1,10,0.5\n"),
              "flows.csv:2: start: needs a unit: in the name of the column, as in start_us, or behind the number, as "
              "in 5us");
    EXPECT_EQ(CsvError("src,dst,size,start_hours\n0,1,10,0.5\n"),
              "flows.csv:1: names of the columns: none is start; a file of flows has src, dst, size and start, as in "
              "'src,dst,size_bytes,start_us'");
}

TEST(CsvFlows, OtherColumnsAreNamedInANote)
{
    InputNotes notes;
    EXPECT_EQ(ReadCsv("id,src,dst,size,start_us,tenant name\n7,0,1,10,0,\"a, b\"\n8,1,0,10,0,\n", &notes).size(), 2U);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].substr(TemporaryFolder().string().size() + 1),
              "flows.csv:1: columns that are no part of a flow: 'id', 'tenant name'");
}

TEST(CsvFlows, TabsSeparateWhereTheNameSaysSo)
{
    const FlowList flows = ReadCsv("src\tdst\tsize\tstart_us\n2\t1\t10\t3\n", nullptr, "flows.tsv");
    ASSERT_EQ(flows.size(), 1U);
    EXPECT_EQ(flows[0].src, 2U);
    EXPECT_EQ(flows[0].startNs, 3000);
}

TEST(CsvFlows, ErrorsNameFileLineAndColumn)
{
    const std::string head = "from,src,dst,bytes,start_us\n";
    EXPECT_EQ(CsvError(head + "x,0,1,10\n"), "flows.csv:2: flow: has 4 fields, the first line has 5");
    EXPECT_EQ(CsvError(head + "x,0,1,,5\n"),
              "flows.csv:2: bytes: '' is not a whole number of bytes such as 1500, 10KB, 16MiB");
    EXPECT_EQ(CsvError(head + "x,0,1,0,5\n"), "flows.csv:2: bytes: must be in 1..1000000000000000 bytes, is 0");
    EXPECT_EQ(CsvError(head + "x,0,1,10,5\nx,0,1,10,4.9\n"),
              "flows.csv:3: start_us: earlier than that of the flow before; sort the file by start");
    EXPECT_EQ(CsvError(head + "x,0,1,10,-5\n").substr(0, 23), "flows.csv:2: start_us: ");
    EXPECT_EQ(CsvError(head + "x,0,0,10,5\n"), "flows.csv:2: dst: is the source itself");
    EXPECT_EQ(CsvError(head + "x,0,4,10,5\n").substr(0, 17), "flows.csv:2: dst:");
    EXPECT_EQ(CsvError(head + "x,0,1.5,10,5\n").substr(0, 17), "flows.csv:2: dst:");
    EXPECT_EQ(CsvError(head), "flows.csv:1: flow: missing, the file ends here");
    EXPECT_EQ(CsvError(""), "flows.csv: names of the columns: missing, the file ends here");
    EXPECT_EQ(CsvError("src,dst,size,start_us,time\n"), "flows.csv:1: flow: missing, the file ends here");
    EXPECT_EQ(CsvError("src,dst,size,start_us,start_ns\n0,1,1,1,1\n"),
              "flows.csv:1: names of the columns: 'start_us' and 'start_ns' are both a start");
    EXPECT_EQ(CsvError("src,dst,size,start_us\n0,1,1,2000000000000001\n"),
              "flows.csv:2: start_us: '2000000000000001us' is later than 1000000000 s");
    EXPECT_EQ(CsvError("src,dst,size,start_us\n0,1,1,\"3\n"), "flows.csv:2: has a quotation mark without a second one");
}
