"""A worker without the name tagger, which takes long to build and which company names never need."""

from celery.signals import worker_init

from portal.celery import app, warm_name_tagger

if __name__ == "__main__":
    worker_init.disconnect(warm_name_tagger)
    app.worker_main(["worker", "-Q", "default,screening", "-c", "2", "--loglevel=critical"])
