// SPDX-License-Identifier: GPL-2.0-only
#include "hpcc-keys.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

namespace ns3::m3
{

bool IsUnusedHpccKey(const std::string& key)
{
    // what monitors and outputs are called throughout the family
    constexpr std::array<std::string_view, 9> ENDINGS{"_MON_FILE",
                                                      "_MON_DETAIL_FILE",
                                                      "_MON_START",
                                                      "_MON_END",
                                                      "_MON_INTERVAL",
                                                      "_MON_DUMP_INTERVAL",
                                                      "_MONITORING_INTERVAL",
                                                      "_OUTPUT_FILE",
                                                      "_OUT_FILE"};
    constexpr std::array<std::string_view, 2> BEGINNINGS{"TRACE_", "CONWEAVE_"};
    static const std::set<std::string> NAMES = {
        "BASE_PORT",
        "DATA_RATE",
        "FLOWGEN_START_TIME",
        "FLOWGEN_STOP_TIME",
        "FLOW_INPUT_FILE",
        "FLOW_ON_PATH_FILE",
        "FLOW_PATH_MAP_FILE",
        "LINK_DELAY",
        "LOAD",
        "MON_END",
        "MON_START",
        "NIC_TOTAL_PAUSE_TIME",
        "OUTPUT_DIR_PATH",
        "RANDOM_SEED",
    };
    const auto ends = [&key](std::string_view ending)
    { return key.size() > ending.size() && key.compare(key.size() - ending.size(), ending.size(), ending) == 0; };
    const auto begins = [&key](std::string_view beginning)
    { return key.size() > beginning.size() && key.compare(0, beginning.size(), beginning) == 0; };
    return NAMES.count(key) > 0 || std::any_of(ENDINGS.begin(), ENDINGS.end(), ends) ||
           std::any_of(BEGINNINGS.begin(), BEGINNINGS.end(), begins);
}

const FixedHpccKey* FindFixedHpccKey(const std::string& key)
{
    static const std::map<std::string, FixedHpccKey> KEYS = {
        {"ENABLE_IRN", {"0", "recovery is go-back-N"}},
        {"ENABLE_QCN", {"1", "CC_MODE 0 runs without congestion control"}},
        {"ERROR_RATE_PER_LINK", {"0", "error rates are in the last field of the topology's links"}},
        {"L2_BACK_TO_ZERO", {"0", "recovery is go-back-N"}},
        {"LB_MODE", {"0", "routes are those of ECMP by flow"}},
        {"USE_DYNAMIC_PFC_THRESHOLD", {"1", "PFC's threshold follows the free buffer"}},
    };
    const auto found = KEYS.find(key);
    return found == KEYS.end() ? nullptr : &found->second;
}

} // namespace ns3::m3
