//! What a server gives up once it has started: every file but those it serves, and every system call that serving
//! does not need.
//!
//! Landlock (Linux 5.13 and later) bounds the files, and from 6.7 on also binding and connecting; seccomp bounds the
//! system calls. Both hold for the thread that enters and for all that it starts, for ever, and come with
//! `no_new_privs`. On a kernel without them a warning is all.

use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

/// The newest Landlock that is made use of.
const NEWEST: ABI = ABI::V6;

/// Enters the sandbox: from now on the root folder and these folders can be read and nothing else.
///
/// # Errors
/// What the system said, where the kernel has what it takes.
pub(super) fn enter(root: impl AsFd, folders: &[PathBuf]) -> io::Result<()> {
    match restrict_files(root, folders).map_err(io::Error::other)? {
        RulesetStatus::FullyEnforced => {}
        RulesetStatus::PartiallyEnforced => {
            tracing::warn!(
                "this kernel knows an older Landlock: the sandbox bounds files, and not all of the rest"
            );
        }
        RulesetStatus::NotEnforced => {
            tracing::warn!(
                "this kernel has no Landlock: what the server can read is bounded by its user alone"
            );
        }
    }
    match filter_calls() {
        Ok(()) => Ok(()),
        // The filter is there and does not fit this machine, or seccomp is not built into the kernel.
        Err(error) => {
            tracing::warn!(%error, "this kernel takes no filter of system calls");
            Ok(())
        }
    }
}

fn restrict_files(root: impl AsFd, folders: &[PathBuf]) -> Result<RulesetStatus, RulesetError> {
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .add_rule(PathBeneath::new(root, AccessFs::ReadFile))?;
    for folder in folders {
        // A folder that is not there any more has no certificate either.
        if let Ok(folder) = PathFd::new(folder) {
            rules = rules.add_rule(PathBeneath::new(folder, AccessFs::ReadFile))?;
        }
    }
    Ok(rules.restrict_self()?.ruleset)
}

fn filter_calls() -> Result<(), seccompiler::Error> {
    // What is not listed is answered with "operation not permitted" and ends nothing.
    let refused = SeccompAction::Errno(EPERM);
    let listed = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    let architecture = std::env::consts::ARCH.try_into()?;
    let filter: BpfProgram =
        SeccompFilter::new(listed, refused, SeccompAction::Allow, architecture)?.try_into()?;
    seccompiler::apply_filter(&filter)
}

/// `libc::EPERM`, as the filter wants it.
const EPERM: u32 = 1;

/// The system calls of a server: its connections, files below what it may read, memory, threads, waiting, signals of
/// its own, the clock, randomness.
const ALLOWED: &[i64] = &[
    // Connections.
    libc::SYS_accept4,
    libc::SYS_accept,
    libc::SYS_getpeername,
    libc::SYS_getsockname,
    libc::SYS_getsockopt,
    libc::SYS_setsockopt,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_shutdown,
    libc::SYS_socketpair,
    // Files.
    libc::SYS_openat,
    libc::SYS_close,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_readlinkat,
    libc::SYS_lseek,
    libc::SYS_fcntl,
    libc::SYS_ioctl,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_pipe2,
    // Memory.
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    // Threads and waiting.
    libc::SYS_clone,
    libc::SYS_clone3,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_membarrier,
    libc::SYS_prctl,
    libc::SYS_prlimit64,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
    libc::SYS_ppoll,
    libc::SYS_restart_syscall,
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    // Signals of its own, the clock, randomness.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_tgkill,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_getrandom,
    libc::SYS_sysinfo,
    // Older names of the same.
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_epoll_wait,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_gettimeofday,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_time,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_dup2,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_arch_prctl,
];
