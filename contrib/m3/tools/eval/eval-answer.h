// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_ANSWER_H
#define M3_EVAL_ANSWER_H

#include "eval-case.h"

#include "ns3/m3-estimator.h"

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace ns3::m3::eval
{

inline constexpr const char* TRUTH_ENGINE = "packet"; //!< the engine that the others are compared with

/// Who answers in an evaluation: an engine, and how it is asked.
struct EvalEngine
{
    std::string name;                  //!< in tables and pictures
    std::string engine = TRUTH_ENGINE; //!< of RegisteredEngines()
    EngineOptions options;             //!< of the engine
    uint64_t seed = 1;                 //!< of the drawing of paths or flows
};

/// Registered engines by name, separated by commas. \throws InputError
std::vector<EvalEngine> ParseEvalEngines(const std::string& names);

/// One engine of them. \throws InputError
EvalEngine ParseEvalEngine(const std::string& name);

/// An engine's answer to a case, as kept in a file.
struct EvalAnswer
{
    /// A size class, or all flows.
    struct Row
    {
        std::string name;              //!< as ReportRow::name
        uint64_t flows = 0;            //!< of the trace
        std::vector<double> quantiles; //!< at WrittenQuantiles(); NaN without values
        ConfidenceInterval p99{};      //!< 95 % interval for what was sampled

        /// \param level one of WrittenQuantiles()
        double At(double level) const;
    };

    std::vector<Row> rows; //!< size classes, then all flows
    double seconds = 0;    //!< elapsed
    double cpuSeconds = 0; //!< processor time of all threads
    uint32_t threads = 1;  //!< that it might use
    uint32_t atATime = 1;  //!< runs side by side, of which this was one
    uint64_t unfinished = 0;
    std::vector<std::string> notes;
    std::optional<PacketCounts> packetCounts; //!< of packet-level engines; older kept answers lack it
    std::string flows;                        //!< HashOf() them
    std::string commit;                       //!< of the program
    std::string machine;                      //!< that it ran on

    const Row& All() const
    {
        return rows.back();
    }
};

/// How cases are run.
struct EvalRun
{
    std::string checkpoint; //!< of m3 and its variants; "": those that are shipped
    uint32_t processes = 1; //!< runs at a time
    uint32_t threads = 0;   //!< for an answer; 0: what the processes leave
};

/// All that an answer depends on. \throws InputError if a table or a checkpoint cannot be read
Json Fingerprint(const EvalCase& one, const EvalEngine& engine, const EvalRun& run);

/// Name of the file that keeps the answer to a fingerprint, without folder.
std::string KeptName(const Json& fingerprint);

/// \param flows of the case \throws InputError as M3Estimator::Run
EvalAnswer Answer(const EvalCase& one,
                  const EvalEngine& engine,
                  const EvalRun& run,
                  const FlowList& flows,
                  const std::function<void(double share)>& progress);

/// Writes a file whole, with a checksum.
void KeepAnswer(const EvalAnswer& answer, const Json& fingerprint, const std::string& file);

/// \throws InputError if the file is damaged or of another fingerprint
EvalAnswer ReadAnswer(const Json& fingerprint, const std::string& file);

} // namespace ns3::m3::eval

#endif // M3_EVAL_ANSWER_H
