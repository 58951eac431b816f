// SPDX-License-Identifier: GPL-2.0-only
// Sentences, tables, page and files of where flows are slow.
#include "report/where-page.h"
#include "report/where-report.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-report-writer.h"
#include "temporary-folder.h"
#include "workload/label-file.h"

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

using namespace ns3::m3;

namespace
{

constexpr uint64_t TEN_GBPS = 10'000'000'000;

/// Four links over 1 ms, 1.25 MB each at most: two uplinks of rack 2, an uplink of rack 3 and a link to a host.
LinkUses MakeUses(double ofRack2, double ofRack3, double ofHost)
{
    LinkUses uses;
    uses.spanNs = 1e6;
    uses.links.resize(4);
    const char* const places[] = {"uplinks of rack 2",
                                  "uplinks of rack 2",
                                  "uplinks of rack 3",
                                  "links to the hosts of rack 1"};
    const double shares[] = {ofRack2 / 2, ofRack2 / 2, ofRack3, ofHost};
    for (uint32_t link = 0; link < 4; link++)
    {
        LinkUse& use = uses.links[link];
        use.link = link;
        use.name = "switch " + std::to_string(link) + " to switch 9";
        use.place = places[link];
        use.kind = link < 3 ? "uplinks of racks" : "links to the hosts of racks";
        use.ratio = link < 3 ? "4:1" : "";
        use.bitsPerSecond = TEN_GBPS;
        use.dataBytes = 250'000 * (link + 1);
        use.tailShare = shares[link];
        use.delayNs = 1e9 * shares[link];
    }
    uses.tailFlows = 600;
    uses.tailDelayNs = 1e9;
    uses.elsewhereShare = 1 - ofRack2 - ofRack3 - ofHost;
    return uses;
}

SlowdownReport MakeReport(const std::string& engine = "packet")
{
    SlowdownReport report(engine);
    report.Add(0, 2);
    report.Finish();
    return report;
}

LabelSlowdown Row(const std::string& from, const std::string& to, uint64_t flows, double p99)
{
    return {{from + " to " + to, from, to}, flows, 0, p99 / 2, p99 / 3, p99, p99};
}

std::string Page(const SlowdownReport& report)
{
    HtmlPage out;
    WriteWhereHtml({report}, out);
    return out.str();
}

std::size_t Count(const std::string& text, const std::string& part)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    {
        count++;
    }
    return count;
}

} // namespace

TEST(WhereReport, ThePlaceThatHoldsMostOfTheDelayIsNamed)
{
    EXPECT_EQ(WorstLinksText(MakeUses(0.71, 0.2, 0.09)),
              "The 4:1 uplinks of rack 2 hold 71 % of the delay of the slowest 1 % of flows (600).");
    EXPECT_EQ(WorstLinksText(MakeUses(0.4, 0.35, 0.05)),
              "The uplinks of racks hold 75 % of the delay of the slowest 1 % of flows (600); of all places, the 4:1 "
              "uplinks of rack 2 hold most: 40 %. 20 % is spent at no link: packets did not wait, windows or rates "
              "were small.");
    EXPECT_EQ(WorstLinksText(MakeUses(0, 0, 0)),
              "None of the delay of the slowest 1 % of flows (600) is spent at a link: packets did not wait, windows "
              "or rates were small.");
    LinkUses idle = MakeUses(0, 0, 0);
    idle.tailDelayNs = 0;
    EXPECT_EQ(WorstLinksText(idle), "The slowest 1 % of flows (600) are not delayed.");
    EXPECT_EQ(WorstLinksText({}), "");
}

TEST(WhereReport, TheMostUsedLinkIsNamedWhereDelayIsUnknown)
{
    LinkUses uses = MakeUses(0, 0, 0);
    for (LinkUse& use : uses.links)
    {
        use.tailShare.reset();
    }
    // 1,000,000 B of 1,250,000
    EXPECT_EQ(WorstLinksText(uses),
              "The most used link, switch 3 to switch 9 (one of the links to the hosts of rack 1), carries 80 % of its "
              "capacity.");
    uses.links[0].controlBytes = 1'000'000; // 250,000 B of data and these
    EXPECT_EQ(WorstLinks(uses, 1).front()->link, 0U);
}

TEST(WhereReport, WorstLinksComeByShareOfDelayThenByUse)
{
    const LinkUses uses = MakeUses(0.2, 0.2, 0.6);
    const std::vector<const LinkUse*> worst = WorstLinks(uses, 3);
    ASSERT_EQ(worst.size(), 3U);
    EXPECT_EQ(worst[0]->link, 3U);
    EXPECT_EQ(worst[1]->link, 2U);
    EXPECT_EQ(worst[2]->link, 1U); // as much delay as link 0, and used more
}

TEST(WhereReport, FewFlowsMakeNoWorstLabel)
{
    const LabelSlowdowns slowdowns{
        "rack-pair",
        {Row("rack 0", "rack 1", 500, 3), Row("rack 1", "rack 0", 5, 50), Row("rack 0", "rack 2", 10, 7)}};
    const std::vector<const LabelSlowdown*> worst = WorstLabels(slowdowns, 10);
    ASSERT_EQ(worst.size(), 2U);
    EXPECT_EQ(worst[0]->label.name, "rack 0 to rack 2");
    EXPECT_EQ(WorstLabelsText(slowdowns),
              "The slowest of 2 labels by rack-pair is rack 0 to rack 2: the p99 of its 10 flows is 7.00, and 5.00 is "
              "the median of all.");
    const LabelSlowdowns few{"tenant", {Row("a", "b", 2, 4)}};
    EXPECT_EQ(WorstLabels(few, 10).size(), 1U);
    EXPECT_EQ(WorstLabelsText(few), "The p99 of the 2 flows of a to b is 4.00.");
    EXPECT_EQ(WorstLabelsText({"tenant", {}}), "");
}

TEST(WhereReport, SharesBytesAndRatesHaveSensibleUnits)
{
    EXPECT_EQ(ShareText(0), "0 %");
    EXPECT_EQ(ShareText(0.0001), "< 0.1 %");
    EXPECT_EQ(ShareText(0.0994), "9.9 %");
    EXPECT_EQ(ShareText(0.0996), "10 %");
    EXPECT_EQ(ShareText(1), "100 %");
    EXPECT_EQ(BytesText(0), "0 B");
    EXPECT_EQ(BytesText(999), "999 B");
    EXPECT_EQ(BytesText(999.7), "1.00 KB");
    EXPECT_EQ(BytesText(12'345), "12.3 KB");
    EXPECT_EQ(BytesText(400'000), "400 KB");
    EXPECT_EQ(BytesText(1'200'000), "1.20 MB");
    EXPECT_EQ(RateText(TEN_GBPS), "10 Gb/s");
    EXPECT_EQ(RateText(2'500'000), "2.5 Mb/s");
}

TEST(WhereReport, TablesHaveUnitsInTheirHeadAndEmptyFieldsForTheUnknown)
{
    SlowdownReport report = MakeReport("flowsim");
    report.links = MakeUses(0.71, 0.2, 0.09);
    report.byLabel = {{"tenant", {{{"a \"quoted\", b", "", ""}, 3, 1, 2, 1.5, 4, 4}}}};
    std::ostringstream links;
    WriteLinksCsv({report}, links);
    EXPECT_EQ(
        links.str().substr(0, links.str().find('\n', links.str().find('\n') + 1)),
        "engine,link,name,place,oversubscription,rate_bps,span_ns,data_bytes,control_bytes,utilisation,"
        "queue_p99_bytes,paused_ns,marked_packets,lost_packets,delay_ns,tail_delay_share\n"
        "flowsim,0,\"switch 0 to switch 9\",\"uplinks of rack 2\",4:1,10000000000,1000000,250000,,0.2,,,,,3.55e+08,"
        "0.355");
    std::ostringstream labels;
    WriteLabelsCsv({report}, labels);
    EXPECT_EQ(labels.str(),
              "engine,by,label,flows,unfinished,mean_slowdown,p50_slowdown,p99_slowdown,max_slowdown\n"
              "flowsim,\"tenant\",\"a \"\"quoted\"\", b\",3,1,2,1.5,4,4\n");
    std::ostringstream json;
    WriteReportJson({report}, json);
    const auto parsed = nlohmann::json::parse(json.str())[0];
    EXPECT_EQ(parsed["where"]["links"].size(), 4U);
    EXPECT_EQ(parsed["where"]["links"][3]["data_bytes"], 1'000'000);
    EXPECT_TRUE(parsed["where"]["links"][3]["queue_p99_bytes"].is_null());
    EXPECT_EQ(parsed["where"]["tail_flows"], 600);
    EXPECT_EQ(parsed["labels"][0]["label"], "a \"quoted\", b");
    EXPECT_EQ(parsed["labels"][0]["p99_slowdown"], 4);
}

TEST(WhereReport, NothingIsSaidWithoutLinksAndLabels)
{
    std::ostringstream out;
    PrintWhere({MakeReport()}, out);
    EXPECT_EQ(out.str(), "");
    EXPECT_EQ(Page(MakeReport()), "");
    EXPECT_FALSE(HasLinks({MakeReport()}));
    EXPECT_FALSE(HasLabels({MakeReport()}));
}

TEST(WherePage, SaysWhatTheTerminalSays)
{
    SlowdownReport report = MakeReport();
    report.links = MakeUses(0.71, 0.2, 0.09);
    for (LinkUse& use : report.links->links)
    {
        use.queueP99Bytes = 12'345;
        use.pausedNs = use.link == 1 ? 5000 : 0;
        use.marks = use.link == 1 ? 7 : 0;
        use.losses = 0;
    }
    report.byLabel = {{"rack-pair", {Row("rack 0", "rack 1", 50, 2), Row("rack <1>", "rack 0", 50, 8)}}};
    std::ostringstream out;
    PrintWhere({report}, out);
    const std::string page = Page(report);
    for (const std::string text : {"The 4:1 uplinks of rack 2 hold 71 %", "switch 1 to switch 9", "12.3 KB", "36 %"})
    {
        EXPECT_EQ(Count(out.str(), text) > 0, true) << text << out.str();
        EXPECT_EQ(Count(page, text) > 0, true) << text;
    }
    EXPECT_EQ(Count(page, "paused 5"), 1U) << page;
    EXPECT_EQ(Count(page, "7 marked"), 1U);
    EXPECT_EQ(Count(page, "lost</small>"), 0U);
    EXPECT_EQ(Count(page, "<caption>"), 2U);
    EXPECT_EQ(Count(page, "rack &lt;1&gt; to rack 0"), 4U); // sentence, text of the picture, its field, table
    EXPECT_EQ(Count(page, "<1>"), 0U);
    EXPECT_EQ(Count(page, "scope=\"row\""), 6U);
}

// 3 senders and receivers, p99 of 1, 2, 4 .. 64: six steps of a factor 2
TEST(WherePage, FieldsOfTheHeatMapAreThePairs)
{
    LabelSlowdowns slowdowns{"rack-pair", {}};
    double p99 = 1;
    const std::vector<std::pair<int, int>> pairs = {{0, 1}, {0, 2}, {1, 0}, {1, 2}, {2, 0}, {2, 1}, {2, 2}};
    for (const auto& [from, to] : pairs)
    {
        slowdowns.rows.push_back(Row("rack " + std::to_string(from), "rack " + std::to_string(to), 20, p99 * 1.0001));
        p99 *= 2;
    }
    const std::string map = PairHeatMap(slowdowns);
    EXPECT_EQ(Count(map, "<title>"), 7U);
    for (int step = 0; step < 6; step++)
    {
        EXPECT_EQ(Count(map, "class=\"h" + std::to_string(step) + "\""), step == 5 ? 2U : 1U) << step;
    }
    EXPECT_NE(map.find("role=\"img\" aria-label=\"Heat map of the p99 slowdown by rack-pair. The slowest of 7"),
              std::string::npos)
        << map;
    EXPECT_NE(PairHeatLegend(slowdowns).find("32.00 to 64.01"), std::string::npos) << PairHeatLegend(slowdowns);

    // 100 racks: fields of 3 by 3 pairs
    LabelSlowdowns many{"rack-pair", {}};
    for (int rack = 0; rack < 100; rack++)
    {
        many.rows.push_back(
            Row("rack " + std::to_string(rack), "rack " + std::to_string((rack + 1) % 100), 20, 1 + rack));
    }
    EXPECT_NE(PairHeatLegend(many).find("a field is the largest of 3 by 3 pairs"), std::string::npos);
    EXPECT_LT(Count(PairHeatMap(many), "<title>"), 100U);
    EXPECT_NE(PairHeatMap(many).find("rack 99 to rack 0: 100"), std::string::npos);

    // all alike: one step
    const LabelSlowdowns one{"rack-pair", {Row("rack 0", "rack 1", 20, 3)}};
    EXPECT_EQ(Count(PairHeatMap(one), "class=\"h0\""), 1U);
    EXPECT_EQ(Count(PairHeatLegend(one), "<li>"), 1U);
}

TEST(LabelFile, HasALabelForEachFlow)
{
    const std::string file = (TemporaryFolder() / "labels.txt").string();
    std::ofstream(file) << "red\nblue\n\nred\n";
    const FlowLabels labels = ReadFlowLabels(file, 3);
    EXPECT_EQ(labels.by, "label");
    EXPECT_EQ(labels.ofFlow, (std::vector<uint32_t>{0, 1, 0}));
    EXPECT_EQ(labels.labels[1].name, "blue");
    EXPECT_THROW(ReadFlowLabels(file, 4), InputError);
    EXPECT_THROW(ReadFlowLabels(file + ":tenant", 3), InputError); // red is no such column
    EXPECT_THROW(ReadFlowLabels(file + "-not-there", 3), InputError);

    std::ofstream(file) << "flow,tenant,bytes\n0,red,5\n1,blue,7\n";
    const FlowLabels column = ReadFlowLabels(file + ":tenant", 2);
    EXPECT_EQ(column.by, "tenant");
    EXPECT_EQ(column.labels[0].name, "red");
    std::ofstream(file) << "flow,tenant name,note\n0,\"web, front\",\n1,,x\n2,data base,\n";
    const FlowLabels words = ReadFlowLabels(file + ":tenant name", 3);
    EXPECT_EQ(words.labels[0].name, "web, front");
    EXPECT_EQ(words.labels[1].name, "(none)");
    EXPECT_EQ(words.labels[2].name, "data base");
    std::ofstream(file) << "flow,tenant\n0,red\n1\n";
    EXPECT_THROW(ReadFlowLabels(file + ":tenant", 2), InputError);
    std::remove(file.c_str());
}
